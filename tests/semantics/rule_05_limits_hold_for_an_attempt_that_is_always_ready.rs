//! tokio makes its own timers wait once a task has used up its budget, which an attempt does that never waits.

use std::future::Future;
use std::time::Duration;

use backoff_driver::{Completion, Report};
use backoff_tokio::{Policy, TimedOut};
use tokio::sync::mpsc;
use tokio::task::consume_budget;

const LIMIT: Duration = Duration::from_millis(20);

type Outcome = Result<(), TimedOut>;

/// Receives from a channel in which there is always something.
async fn receives() -> Outcome {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    loop {
        sender.send(()).expect("a receiver");
        receiver.recv().await.expect("a sender");
    }
}

async fn spends_the_budget() -> Outcome {
    loop {
        consume_budget().await;
    }
}

/// The outcome and the report of a call in each form.
async fn in_each_form<A>(policy: &Policy, operation: fn() -> A) -> [(Outcome, Report); 3]
where
    A: Future<Output = Outcome>,
{
    let retry = backoff_tokio::retry(policy, operation).reported().await;
    let mut attempts = backoff_tokio::attempts(policy);
    let outcome = attempts.run(operation).await;
    let run = (outcome, attempts.report());
    let mut attempts = backoff_tokio::attempts(policy);
    let outcome = attempts.limit(operation()).await;
    assert_eq!(attempts.delay_after(&outcome), None);
    [retry, run, (outcome, attempts.report())]
}

#[tokio::test]
async fn its_timeout_interrupts_it() {
    let policy = Policy::DEFAULT
        .with_attempt_timeout(LIMIT)
        .with_max_attempts(1);
    let receives = in_each_form(&policy, receives).await;
    let spends = in_each_form(&policy, spends_the_budget).await;
    for (outcome, report) in receives.into_iter().chain(spends) {
        let cut = outcome.expect_err("it has no end");
        assert_eq!((cut.after(), cut.is_deadline()), (LIMIT, false));
        assert!(report.elapsed() >= LIMIT, "{report}");
    }
}

#[tokio::test]
async fn the_deadline_interrupts_it() {
    let policy = Policy::DEFAULT.with_deadline(LIMIT);
    let receives = in_each_form(&policy, receives).await;
    let spends = in_each_form(&policy, spends_the_budget).await;
    for (outcome, report) in receives.into_iter().chain(spends) {
        let cut = outcome.expect_err("it has no end");
        assert_eq!((cut.after(), cut.is_deadline()), (LIMIT, true));
        assert_eq!(report.completion(), Some(Completion::Interrupted));
    }
}
