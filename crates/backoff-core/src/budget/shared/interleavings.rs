//! Every interleaving of two or three threads at each budget: no token is spent twice, and none is lost.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test -p backoff-core --lib --release --target-dir target/loom interleavings`.

use core::fmt::Debug;
use core::time::Duration;
use std::format;
use std::sync::Arc;
use std::vec::Vec;

use loom::thread;

use super::atomic::model::ORDERS;
use super::concurrency::ConcurrencyBudget;
use super::ratio::RatioBudget;
use super::request::RequestBudget;
use super::throttle::ThrottleBudget;
use super::token::TokenBudget;
use crate::budget::account::Account;
use crate::budget::budget::Budget;
use crate::budget::call_end::CallEnd;
use crate::budget::planned_retry::PlannedRetry;
use crate::decision::GiveUp;
use crate::failure::Failure;

const NOW: Duration = Duration::from_secs(100);

/// What one thread does; the numbers that the threads return are added up.
type Task<B> = fn(&B) -> u32;

/// Runs the tasks in every order, the first on this thread, and then checks their sum and the budget.
fn model<B: Debug + Send + Sync + 'static, const N: usize>(
    make: fn() -> B,
    tasks: [Task<B>; N],
    check: fn(&B, u32),
) {
    for orders in [true, false] {
        ORDERS.set(orders);
        loom::model(move || run(make(), tasks, check));
    }
}

fn run<B: Debug + Send + Sync + 'static, const N: usize>(
    budget: B,
    tasks: [Task<B>; N],
    check: fn(&B, u32),
) {
    let budget = Arc::new(budget);
    // Printing uses every integer and so creates it: the threads must find all of them created.
    let _ = format!("{budget:?}");
    let (first, others) = tasks.split_first().expect("a task");
    let others: Vec<_> = others
        .iter()
        .map(|&task| {
            let budget = Arc::clone(&budget);
            thread::spawn(move || task(&budget))
        })
        .collect();
    let mut sum = first(&budget);
    for other in others {
        sum += other.join().expect("joined");
    }
    check(&budget, sum);
}

fn withdraw<B: Budget>(account: &mut Account<B>) -> u32 {
    u32::from(account.withdraw(&PlannedRetry::new(
        NOW,
        Failure::transient(),
        Duration::from_millis(3),
    )))
}

/// Makes a call that retries and then ends like this.
fn call<B>(budget: &B, end: CallEnd) -> u32
where
    for<'b> &'b B: Budget,
{
    let mut account = Account::new(budget);
    account.begin(NOW);
    let granted = withdraw(&mut account);
    account.end(end);
    granted
}

fn fails<B>(budget: &B) -> u32
where
    for<'b> &'b B: Budget,
{
    call(budget, CallEnd::GaveUp(GiveUp::Attempts))
}

fn succeeds<B>(budget: &B) -> u32
where
    for<'b> &'b B: Budget,
{
    call(budget, CallEnd::Succeeded)
}

#[test]
fn tokens_are_not_spent_twice() {
    let make = || TokenBudget::new(10, 3).with_tokens(7);
    model(make, [fails, fails, fails], |budget, granted| {
        assert_eq!((granted, budget.tokens()), (2, 1));
    });
}

#[test]
fn tokens_that_are_paid_back_are_not_lost() {
    let make = || TokenBudget::new(10, 3).with_tokens(5);
    model(make, [succeeds, fails], |budget, granted| {
        // Both paid, or the second is refused while the first one's charge is out, or the first is refused and
        // gets the reward of a success without a retry.
        let expected = [(2, 2), (1, 5), (1, 3)];
        assert!(
            expected.contains(&(granted, budget.tokens())),
            "{granted}, {budget:?}"
        );
    });
    let make = || TokenBudget::new(10, 3).with_tokens(6);
    model(make, [succeeds, fails], |budget, granted| {
        assert_eq!((granted, budget.tokens()), (2, 3));
    });
}

#[test]
fn a_bucket_is_filled_to_the_brim_and_no_further() {
    let make = || TokenBudget::new(10, 3).with_tokens(8);
    let reward: Task<TokenBudget> = |budget| {
        Account::new(budget).end(CallEnd::Succeeded);
        0
    };
    model(make, [reward, reward, reward], |budget, _| {
        assert_eq!(budget.tokens(), 10);
    });
}

#[test]
fn every_failure_takes_a_token_of_a_throttle() {
    // 3 tokens: one retry is granted, at 2; each call fails twice, or once and is refused.
    let make = || ThrottleBudget::new(3, 100);
    let asks: Task<ThrottleBudget> = |budget| withdraw(&mut Account::new(budget));
    model(make, [asks, asks, asks], |budget, granted| {
        assert_eq!((granted, budget.thousandths()), (1, 0));
    });
    let succeeds: Task<ThrottleBudget> = |budget| {
        Account::new(budget).end(CallEnd::Succeeded);
        0
    };
    let make = || ThrottleBudget::new(10, 500);
    model(make, [asks, asks, succeeds], |budget, granted| {
        assert_eq!(granted, 2);
        // Half a token more, unless the success came first and found the bucket full.
        assert!([8_000, 8_500].contains(&budget.thousandths()), "{budget:?}");
    });
}

#[test]
fn a_request_spends_retries_and_waiting_together() {
    let cases: [(fn() -> RequestBudget, u32); 3] = [
        (|| RequestBudget::new(2, Duration::from_secs(1)), 2),
        (|| RequestBudget::new(9, Duration::from_millis(8)), 2),
        (|| RequestBudget::new(1, Duration::from_millis(3)), 1),
    ];
    let [two_retries, two_waits, one] = cases;
    model(two_retries.0, [fails, fails, fails], |budget, granted| {
        assert_eq!((granted, budget.retries()), (2, 0));
        assert_eq!(budget.waiting(), Duration::from_millis(994));
    });
    model(two_waits.0, [fails, fails, fails], |budget, granted| {
        assert_eq!((granted, budget.retries()), (2, 7));
        assert_eq!(budget.waiting(), Duration::from_millis(2));
    });
    model(one.0, [fails, fails, fails], |budget, granted| {
        assert_eq!((granted, budget.retries()), (1, 0));
        assert_eq!(budget.waiting(), Duration::ZERO);
    });
}

#[test]
fn no_more_than_the_share_of_the_calls_in_flight_retries() {
    let make = || ConcurrencyBudget::new(1, 2).with_min_retries(0);
    let retries: Task<ConcurrencyBudget> = |budget| {
        let mut account = Account::new(budget);
        account.begin(NOW);
        let granted = withdraw(&mut account);
        assert!(budget.retries() <= 1); // half of two
        granted
    };
    model(make, [retries, retries], |budget, _| {
        assert_eq!((budget.calls(), budget.retries()), (0, 0));
    });
}

#[test]
fn calls_in_flight_are_counted_to_the_last() {
    let make = || ConcurrencyBudget::new(0, 1).with_min_retries(1);
    model(make, [succeeds, fails], |budget, granted| {
        assert!((1..=2).contains(&granted), "{granted}");
        assert_eq!((budget.calls(), budget.retries()), (0, 0));
    });
}

/// Counts the retries that the budget still grants.
fn rest(budget: &RatioBudget, now: Duration) -> u32 {
    let mut account = Account::new(budget);
    let mut granted = 0;
    while account.withdraw(&PlannedRetry::new(
        now,
        Failure::transient(),
        Duration::ZERO,
    )) {
        granted += 1;
    }
    granted
}

#[test]
fn a_ratio_grants_what_was_paid_in() {
    let make = || {
        let budget = RatioBudget::new(1, 2).with_reserve(0);
        for _ in 0..2 {
            Account::new(&budget).begin(NOW);
        }
        budget
    };
    // Four payments in the end: two retries, and only the last call may ask too early.
    model(make, [fails, fails], |budget, granted| {
        assert_eq!(granted + rest(budget, NOW), 2);
    });
}

#[test]
fn a_payment_while_the_window_moves_on_is_not_lost() {
    let make = || {
        let budget = RatioBudget::new(1, 1).with_reserve(0);
        Account::new(&budget).begin(NOW);
        budget
    };
    // A minute later the old payment is void, and both new ones count.
    let pays: Task<RatioBudget> = |budget| {
        Account::new(budget).begin(later());
        0
    };
    model(make, [pays, pays], |budget, _| {
        assert_eq!(rest(budget, later()), 2);
    });
}

#[test]
fn a_retry_while_the_window_moves_on_is_not_granted_twice() {
    let make = || {
        let budget = RatioBudget::new(1, 1).with_reserve(0);
        Account::new(&budget).begin(NOW);
        budget
    };
    let pays: Task<RatioBudget> = |budget| {
        Account::new(budget).begin(later());
        0
    };
    let asks: Task<RatioBudget> = |budget| withdraw(&mut Account::new(budget));
    model(make, [pays, asks], |budget, granted| {
        // The old payment serves a retry or grows old, and the new one serves one, at once or later.
        let granted = granted + rest(budget, later());
        assert!((1..=2).contains(&granted), "{granted}");
    });
}

fn later() -> Duration {
    NOW + Duration::from_secs(60)
}
