//! A thousand calls at once to a service that is down: what reaches it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_tokio::{
    Budget, ConcurrencyBudget, Policy, RatioBudget, RequestBudget, ThrottleBudget, TokenBudget,
    Unlimited,
};
use tokio::task::JoinSet;

const CALLS: u32 = 1_000;

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(100), Duration::from_secs(1)).with_max_attempts(5);

/// How many attempts are made by so many calls at once, all of which fail.
async fn attempts_under<B>(budget: B) -> u32
where
    B: Budget + Copy + Send + 'static,
    B::Held: Send,
{
    let made = Arc::new(AtomicU32::new(0));
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let made = Arc::clone(&made);
        let attempt = move || {
            made.fetch_add(1, Ordering::Relaxed);
            async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Err::<(), _>("down")
            }
        };
        calls.spawn(backoff_tokio::retry(&POLICY, attempt).with_budget(budget));
    }
    let outcomes = calls.join_all().await;
    assert!(outcomes.iter().all(Result::is_err));
    made.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn without_a_budget_every_call_makes_every_attempt() {
    assert_eq!(attempts_under(Unlimited).await, 5 * CALLS);
}

#[tokio::test(start_paused = true)]
async fn a_ratio_adds_its_share_and_its_reserve() {
    static BUDGET: RatioBudget = RatioBudget::new(1, 5).with_reserve(3);
    // Less than the window of 10 s passes: no reserve comes back.
    assert_eq!(attempts_under(&BUDGET).await, CALLS + CALLS / 5 + 10 * 3);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_adds_what_it_pays_for() {
    static BUDGET: TokenBudget = TokenBudget::aws_2_1();
    assert_eq!(attempts_under(&BUDGET).await, CALLS + 500 / 14);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_adds_less_than_half_its_tokens() {
    static BUDGET: ThrottleBudget = ThrottleBudget::new(100, 100);
    assert_eq!(attempts_under(&BUDGET).await, CALLS + 49);
}

#[tokio::test(start_paused = true)]
async fn concurrency_adds_four_retries_for_a_fifth_of_the_calls() {
    static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 5);
    // A fifth of a thousand calls are granted a first retry; as the others end, fewer are granted another.
    let attempts = attempts_under(&BUDGET).await;
    assert!(
        (CALLS + CALLS / 5..=CALLS + 4 * CALLS / 5).contains(&attempts),
        "{attempts}"
    );
    assert_eq!((BUDGET.calls(), BUDGET.retries()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_request_adds_its_retries_to_all_its_calls() {
    static BUDGET: RequestBudget = RequestBudget::new(10, Duration::from_secs(600));
    assert_eq!(attempts_under(&BUDGET).await, CALLS + 10);
    assert_eq!(BUDGET.retries(), 0);
}
