//! How a driver asks a budget.

use std::future::{pending, ready};
use std::time::Duration;

use backoff_core::{
    Account, ConcurrencyBudget, Failure, GiveUp, PlannedRetry, Policy, RequestBudget,
    ThrottleBudget, TokenBudget, Unlimited,
};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{Attempts, Completion, Event, retry};
use tokio::time::timeout;

static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(8));

#[test]
fn a_refusal_ends_the_call_where_it_was() {
    let budget = TokenBudget::new(10, 5);
    let clock = VirtualClock::new();
    let script: Script<Result<(), &str>> = Script::new([Err("reset")]);
    let mut events = Vec::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .with_budget(&budget)
        .on_event(|event: &Event<'_, Result<(), &str>>| events.push(event.to_string()));
    assert_eq!(attempts.call(|| script.play()), Err("reset"));

    let report = attempts.report();
    assert_eq!((script.plays(), report.attempts()), (3, 3));
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Budget))
    );
    assert_eq!(report.slept(), report.elapsed());
    // The retry that was refused left no trace: with a full bucket the call goes on from its third attempt.
    assert_eq!(attempts.attempt(), 3);
    let progress = attempts.progress();
    let mut resumed = POLICY.resume(progress);
    let _ = resumed.on_failure(Duration::ZERO, Failure::transient(), 0);
    assert_eq!(resumed.attempt(), 4);
    drop(attempts);
    assert_eq!(events.len(), 3);
    assert!(
        events[2].ends_with("giving up: the retry budget is empty"),
        "{}",
        events[2]
    );
}

#[test]
fn a_refusal_does_not_count_as_a_doubtful_retry() {
    let empty = TokenBudget::new(0, 1);
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .with_budget(&empty)
        .when(|_: &&str| Failure::doubtful());
    assert_eq!(attempts.delay_after(&Err::<(), _>("500")), None);
    assert_eq!(attempts.progress().doubtful_retries(), 0);
}

#[test]
fn a_success_after_retries_gives_the_last_charge_back() {
    let budget = TokenBudget::new(20, 5);
    let clock = VirtualClock::new();
    let script = Script::fails(2, "reset").then(42);
    let call = retry(&POLICY, clock.clone(), || script.play_async()).uninterrupted();
    assert_eq!(clock.block_on(call.with_budget(&budget)), Ok(42));
    assert_eq!(budget.tokens(), 20 - 5 - 5 + 5);
}

#[test]
fn a_policy_that_gives_up_does_not_ask() {
    let budget = TokenBudget::new(20, 5);
    let clock = VirtualClock::new();
    let once = POLICY.with_max_attempts(1);
    let mut attempts = Attempts::new(&once, clock.clone()).with_budget(&budget);
    assert_eq!(attempts.delay_after(&Err::<(), _>("reset")), None);
    assert_eq!(
        attempts.report().completion(),
        Some(Completion::GaveUp(GiveUp::Attempts))
    );
    assert_eq!(budget.tokens(), 20);
}

#[test]
fn a_pair_of_budgets_must_both_allow() {
    let cases = [
        // (retries of the request, tokens of the server, attempts)
        (9, 9, 5),
        (2, 9, 3),
        (9, 2, 3),
        (0, 9, 1),
        (9, 0, 1),
    ];
    for (retries, tokens, expected) in cases {
        let request = RequestBudget::new(retries, Duration::from_secs(60));
        let server = TokenBudget::new(tokens, 1);
        let clock = VirtualClock::new();
        let script: Script<Result<(), &str>> = Script::new([Err("reset")]);
        let call = retry(&POLICY, clock.clone(), || script.play_async())
            .uninterrupted()
            .with_budget((&request, &server));
        assert_eq!(clock.block_on(call), Err("reset"));
        assert_eq!(
            script.plays(),
            expected,
            "{retries} retries, {tokens} tokens"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_is_no_longer_in_flight() {
    static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 5);
    let second = Duration::from_secs(1);
    let counts = || (BUDGET.calls(), BUDGET.retries());

    let unpolled = backoff_tokio::retry(&POLICY, || ready(Err::<(), _>("reset")));
    let unpolled = unpolled.with_budget(&BUDGET);
    assert_eq!(counts(), (0, 0), "not begun");
    drop(unpolled);

    let mut attempting = Box::pin(
        backoff_tokio::retry(&POLICY, pending::<Result<(), ()>>)
            .uninterrupted()
            .with_budget(&BUDGET),
    );
    assert!(timeout(second, attempting.as_mut()).await.is_err());
    assert_eq!(counts(), (1, 0), "in its first attempt");

    let hour = Policy::constant(60 * 60 * second).without_deadline();
    let hour = hour.with_jitter(backoff_core::Jitter::None);
    let mut waiting = Box::pin(
        backoff_tokio::retry(&hour, || ready(Err::<(), _>("reset")))
            .uninterrupted()
            .with_budget(&BUDGET),
    );
    assert!(timeout(second, waiting.as_mut()).await.is_err());
    assert_eq!(counts(), (2, 1), "in its first wait");

    drop(attempting);
    assert_eq!(counts(), (1, 1), "dropped in an attempt");
    drop(waiting);
    assert_eq!(counts(), (0, 0), "dropped in a wait");

    let mut ended = Box::pin(
        backoff_tokio::retry(&POLICY, || ready(Ok::<_, ()>(42)))
            .uninterrupted()
            .with_budget(&BUDGET),
    );
    assert_eq!(
        (ended.as_mut().await, counts()),
        (Ok(42), (0, 0)),
        "ended, not dropped"
    );
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_the_deadline_cuts_off_counts_as_failed() {
    let budget = ThrottleBudget::new(10, 100);
    let call = backoff_tokio::retry(&POLICY, pending::<Result<(), ()>>)
        .on_timeout(|_| Err(()))
        .with_budget(&budget);
    assert_eq!(call.await, Err(()));
    assert_eq!(budget.thousandths(), 9_000);
}

#[test]
fn a_budget_may_change_its_mind_during_the_wait() {
    let budget = ThrottleBudget::new(10, 100);
    let clock = VirtualClock::new();
    let outcome = Err::<(), _>("reset");
    let mut attempts = Attempts::new(&POLICY, clock.clone()).with_budget(&budget);
    clock.block_on(async {
        attempts.pause_after(&outcome).expect("a retry").await;
        assert!(attempts.recheck(&outcome));
        attempts.pause_after(&outcome).expect("a retry").await;
        let mut others = Account::new(&budget);
        while others.withdraw(&PlannedRetry::new(
            Duration::ZERO,
            Failure::transient(),
            Duration::ZERO,
        )) {}
        assert!(!attempts.recheck(&outcome));
    });
    let report = attempts.report();
    assert_eq!(report.attempts(), 2);
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Budget))
    );
}

#[test]
fn no_budget_takes_no_space() {
    let clock = VirtualClock::new();
    let call = || retry(&POLICY, clock.clone(), || ready(Ok::<_, ()>(42)));
    assert_eq!(
        size_of_val(&call()),
        size_of_val(&call().with_budget(Unlimited))
    );
    let budget = TokenBudget::aws_2_1();
    let with = size_of_val(&call().with_budget(&budget));
    assert!(with <= size_of_val(&call()) + 16, "{with}");
}
