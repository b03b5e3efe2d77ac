//! An attempt that wakes its own task whenever it is polled, so that its executor never waits for a timer.

use std::pin::pin;
use std::time::Duration;

use backoff_core::Policy;
use backoff_driver::{AsyncIo, Attempts, Batch, Completion, Sleeper, Slot, retry};
use backoff_tokio::Tokio;
use futures_util::{StreamExt, stream};
use smol::future::yield_now;

use crate::{Error, embassy, ms, on_embassy};

const LIMIT: Duration = ms(20);

async fn never_rests() -> Result<(), Error> {
    loop {
        yield_now().await;
    }
}

/// Checks both limits, in each form.
async fn is_interrupted<R: Sleeper>(runtime: impl Fn() -> R, executor: &str) {
    let once = Policy::DEFAULT.with_max_attempts(1);
    for (policy, is_deadline) in [
        (once.with_attempt_timeout(LIMIT), false),
        (Policy::DEFAULT.with_deadline(LIMIT), true),
    ] {
        let attempts = || Attempts::new(&policy, runtime());
        let by_retry = retry(&policy, runtime(), never_rests).await;
        let by_run = attempts().run(never_rests).await;
        let by_limit = attempts().limit(never_rests()).await;
        let mut slots = [Slot::new(attempts()), Slot::new(attempts())];
        Batch::new(&[(), ()], &mut slots)
            .each(2, |()| never_rests())
            .await;
        let [first, second] = slots.map(|slot| slot.outcome().copied());
        let connects = async || {
            never_rests()
                .await
                .map(|()| stream::empty::<Result<(), _>>())
        };
        let stream = attempts().reconnecting(connects);
        let by_stream = pin!(stream).next().await;

        let outcomes = [
            Some(by_retry),
            Some(by_run),
            Some(by_limit),
            first,
            second,
            by_stream,
        ];
        for (form, outcome) in outcomes.into_iter().enumerate() {
            let Some(Err(Error::TimedOut(cut))) = outcome else {
                panic!("{executor}, form {form}: {outcome:?}");
            };
            assert_eq!(
                (cut.after(), cut.is_deadline()),
                (LIMIT, is_deadline),
                "{executor}"
            );
        }
    }
}

#[tokio::test]
async fn on_tokio() {
    is_interrupted(|| Tokio, "tokio").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_worker_of_tokio() {
    let call = backoff_tokio::retry(Policy::DEFAULT.with_deadline(LIMIT), never_rests).reported();
    let (outcome, report) = tokio::spawn(call).await.expect("joined");
    assert!(matches!(outcome, Err(Error::TimedOut(_))), "{outcome:?}");
    assert_eq!(report.completion(), Some(Completion::Interrupted));
}

#[test]
fn on_smol() {
    smol::block_on(is_interrupted(|| AsyncIo, "smol"));
}

#[test]
fn on_an_executor_of_smol() {
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(is_interrupted(|| AsyncIo, "smol's executor")));
}

#[test]
fn on_embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_millis(1);
    embassy::block_on(tick, is_interrupted(on_embassy, "embassy"));
}
