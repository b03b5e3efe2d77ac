use std::time::Duration;

use backoff_core::{Account, CallEnd, Failure, PlannedRetry, Policy, RatioBudget, TokenBudget};
use backoff_driver::Attempts;
use backoff_driver::test_util::VirtualClock;

#[test]
fn a_retry_is_charged_before_its_wait() {
    let budget = TokenBudget::new(10, 4);
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&Policy::DEFAULT, clock.clone()).with_budget(&budget);
    let pause = attempts.pause_after(&Err::<(), _>("reset"));
    assert_eq!(budget.tokens(), 6);
    clock.block_on(pause.expect("a retry"));
    assert_eq!(budget.tokens(), 6);
}

#[test]
fn a_ratio_allows_its_share_of_the_calls_and_the_reserve() {
    let cases = [
        // (numerator, denominator, retries per 100,000 calls)
        (1, 10, 10_000),
        (1, 4, 25_000),
        (3, 10, 30_000),
        (3, 5, 60_000),
        (9, 10, 90_000),
    ];
    for (numerator, denominator, share) in cases {
        for (per_second, reserve) in [(0, 0), (10, 100)] {
            let budget = RatioBudget::new(numerator, denominator).with_reserve(per_second);
            let mut retries = 0;
            for call in 0..100_000 {
                let now = Duration::from_micros(call); // a tenth of a second in all
                let mut account = Account::new(&budget);
                account.begin(now);
                let granted = account.withdraw(&PlannedRetry::new(
                    now,
                    Failure::transient(),
                    Duration::ZERO,
                ));
                retries += u32::from(granted);
            }
            let case = (numerator, denominator, per_second);
            assert_eq!(retries, share + reserve, "{case:?}");
        }
    }
}

#[test]
fn a_success_leaves_a_full_bucket_full() {
    let budget = TokenBudget::aws_2_1();
    let mut account = Account::new(&budget);
    account.begin(Duration::ZERO);
    account.end(CallEnd::Succeeded);
    assert_eq!(budget.tokens(), budget.capacity());
}
