//! A thousand calls at once to a service that is down: what reaches it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_tokio::{
    Budget, ConcurrencyBudget, Counters, Observe, Policy, RatioBudget, RequestBudget,
    ThrottleBudget, TokenBudget, Unlimited,
};
use tokio::task::JoinSet;

const CALLS: u32 = 1_000;

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(100), Duration::from_secs(1)).with_max_attempts(5);

/// How many attempts are made by so many calls at once, all of which fail, and how many retries the budget granted before
/// their wait.
async fn attempts_and_grants<B>(budget: B) -> (u32, u64)
where
    B: Budget + Copy + Send + 'static,
    B::Held: Send,
{
    let (made, counters) = (Arc::new(AtomicU32::new(0)), Arc::new(Counters::new()));
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
        let call = backoff_tokio::retry(&POLICY, attempt).uninterrupted();
        let counters = Arc::clone(&counters);
        let call = call.on_event(move |event| (&*counters).observe(event));
        calls.spawn(call.with_budget(budget));
    }
    let outcomes = calls.join_all().await;
    assert!(outcomes.iter().all(Result::is_err));
    (made.load(Ordering::Relaxed), counters.retries())
}

/// The attempts under a budget that does not change its mind during a wait.
async fn attempts_under<B>(budget: B) -> u32
where
    B: Budget + Copy + Send + 'static,
    B::Held: Send,
{
    let (attempts, granted) = attempts_and_grants(budget).await;
    assert_eq!(u64::from(attempts - CALLS), granted);
    attempts
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
async fn a_throttle_grants_less_than_half_its_tokens_and_makes_no_retry_once_they_are_gone() {
    static BUDGET: ThrottleBudget = ThrottleBudget::new(100, 100);
    assert_eq!(attempts_and_grants(&BUDGET).await, (CALLS, 49));
}

#[tokio::test(start_paused = true)]
async fn concurrency_grants_a_fifth_of_the_calls_a_retry_and_as_they_end_three_make_it() {
    static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 5);
    // When the waits end, only those that were granted a retry are left. All but three at a time are refused then.
    let (attempts, granted) = attempts_and_grants(&BUDGET).await;
    assert_eq!(attempts, CALLS + 4 * 3);
    assert_eq!(granted, u64::from(CALLS / 5 + 3 * 3));
    assert_eq!((BUDGET.calls(), BUDGET.retries()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_request_adds_its_retries_to_all_its_calls() {
    static BUDGET: RequestBudget = RequestBudget::new(10, Duration::from_secs(600));
    assert_eq!(attempts_under(&BUDGET).await, CALLS + 10);
    assert_eq!(BUDGET.retries(), 0);
}
