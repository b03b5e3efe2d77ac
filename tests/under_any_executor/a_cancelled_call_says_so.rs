//! A loop that stops: its report tells how far it came, and what was really slept.

use std::time::Duration;

use backoff_core::{ConcurrencyBudget, Jitter, Policy};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, Attempts, Clock, Completion, Report, Sleeper};
use backoff_tokio::Tokio;
use futures_util::future::{Either, select};
use std::pin::pin;

use crate::{Error, embassy, hours, ms, on_embassy};

static POLICY: Policy = Policy::exponential(hours(1), hours(1))
    .with_jitter(Jitter::None)
    .retry_forever();

const SIGNAL: Duration = ms(20);

/// Makes a call whose first attempt fails, and stops it in the wait of an hour that follows.
async fn stops_in_a_wait<R: Sleeper>(runtime: R, signal: R) -> Report {
    let mut attempts = Attempts::new(&POLICY, runtime);
    let outcome: Result<(), _> = attempts.limit(async { Err(Error::Refused) }).await;
    let pause = attempts.pause_after(&outcome).expect("it goes on");
    match select(pin!(pause), pin!(signal.sleep(SIGNAL))).await {
        Either::Left(_) => panic!("an hour is over"),
        Either::Right(_) => attempts.cancel(),
    }
}

fn assert_stopped(report: &Report, runtime: &str) {
    assert_eq!(
        report.completion(),
        Some(Completion::Cancelled),
        "{runtime}"
    );
    assert_eq!(report.attempts(), 1, "{runtime}");
    assert!(
        report.slept() >= SIGNAL && report.slept() < hours(1),
        "{runtime}: {report}"
    );
    assert!(report.elapsed() >= report.slept(), "{runtime}: {report}");
    assert!(
        report.to_string().ends_with("; cancelled"),
        "{runtime}: {report}"
    );
}

#[tokio::test(start_paused = true)]
async fn on_tokio() {
    assert_stopped(&stops_in_a_wait(Tokio, Tokio).await, "tokio");
}

#[test]
fn on_smol() {
    assert_stopped(&smol::block_on(stops_in_a_wait(AsyncIo, AsyncIo)), "smol");
}

#[test]
fn on_embassy_with_its_mock_driver() {
    let call = stops_in_a_wait(on_embassy(), on_embassy());
    let report = embassy::block_on(embassy_time::Duration::from_millis(1), call);
    assert_stopped(&report, "embassy");
}

#[test]
fn on_the_virtual_clock_to_the_nanosecond() {
    let clock = VirtualClock::new();
    let report = clock.block_on(stops_in_a_wait(clock.clone(), clock.clone()));
    assert_stopped(&report, "the virtual clock");
    assert_eq!((report.slept(), clock.now()), (SIGNAL, SIGNAL));
}

/// In the middle of its third attempt, after two waits: both count in full, and the attempt does not.
#[test]
fn a_call_that_stops_in_an_attempt_counts_those_that_ended() {
    let (clock, budget) = (VirtualClock::new(), ConcurrencyBudget::new(50, 1));
    let mut attempts = Attempts::new(&POLICY, clock.clone()).with_budget(&budget);
    let report = clock.block_on(async {
        for _ in 0..2 {
            let failed: Result<(), _> = Err(Error::Closed);
            attempts.pause_after(&failed).expect("it goes on").await;
        }
        let hangs = std::future::pending::<Result<(), Error>>();
        let signal = clock.sleep(SIGNAL);
        let is_cut = match select(pin!(attempts.limit(hangs)), pin!(signal)).await {
            Either::Left(_) => false,
            Either::Right(_) => true,
        };
        assert!(is_cut, "the attempt has no end");
        attempts.cancel()
    });
    assert_eq!(report.completion(), Some(Completion::Cancelled));
    assert_eq!((report.attempts(), report.slept()), (2, hours(2)));
    assert_eq!(report.elapsed(), hours(2) + SIGNAL);
    let again = attempts.cancel();
    assert_eq!(again, report, "a second signal changes nothing");
    let outcome: Result<(), _> = Err(Error::Closed);
    assert!(
        attempts.pause_after(&outcome).is_none(),
        "nor does an outcome that comes late"
    );
}
