use std::future::{Future, poll_fn, ready};
use std::pin::pin;
use std::time::Duration;

use backoff_core::{ConcurrencyBudget, Constant, GiveUp, Jitter, Policy};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Clock, Completion, Sleeper, retry};

use crate::{Error, seconds};

/// Waits of 10 s.
static POLICY: Policy<Constant> = Policy::constant(Duration::from_secs(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(4);

const FAILED: Result<(), Error> = Err(Error::Reset);

#[test]
fn a_wait_that_is_cancelled_counts_until_then() {
    let (clock, budget) = (VirtualClock::new(), ConcurrencyBudget::new(1, 1));
    let mut attempts = Attempts::new(&POLICY, clock.clone()).with_budget(&budget);
    let pause = attempts.pause_after(&FAILED).expect("a retry");
    clock.block_on(pause);
    let pause = attempts.pause_after(&FAILED).expect("a retry");
    clock.advance(seconds(3));
    drop(pause); // a shutdown
    let so_far = attempts.report();
    assert_eq!((so_far.slept(), so_far.completion()), (seconds(13), None));
    assert_eq!((budget.calls(), budget.retries()), (1, 1));

    let report = attempts.cancel();
    assert_eq!(
        (report.slept(), report.elapsed()),
        (seconds(13), seconds(13))
    );
    assert_eq!(report.completion(), Some(Completion::Cancelled));
    assert_eq!(report.attempts(), 2);
    assert!(!report.is_exhausted());
    assert!(report.to_string().ends_with("; cancelled"), "{report}");
    let counts = (budget.calls(), budget.retries());
    assert_eq!(counts, (0, 0), "given back while the attempts are there");

    assert_eq!(attempts.delay_after(&FAILED), None, "it has ended");
    assert_eq!(attempts.cancel(), report, "once");
    assert_eq!((budget.calls(), budget.retries()), (0, 0));
}

#[test]
fn a_call_that_has_ended_is_not_cancelled() {
    let mut attempts = Attempts::new(&POLICY, VirtualClock::new());
    assert_eq!(attempts.delay_after(&Ok::<_, Error>(42)), None);
    let completion = attempts.cancel().completion();
    assert_eq!(completion, Some(Completion::Accepted));
}

#[test]
fn a_call_that_is_cancelled_in_its_first_attempt_has_made_none() {
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone());
    clock.advance(seconds(2));
    let report = attempts.cancel();
    assert_eq!((report.attempts(), report.elapsed()), (0, seconds(2)));
    assert_eq!(report.slept(), Duration::ZERO);
}

#[test]
fn a_wait_that_is_ended_early_counts_until_the_next_attempt_ended() {
    let accepted = Ok::<(), Error>(());
    let cases = [
        // (outcome of the third attempt, completion)
        (accepted, Some(Completion::Accepted)),
        (FAILED, None),
    ];
    for (outcome, completion) in cases {
        let clock = VirtualClock::new();
        let mut attempts = Attempts::new(&POLICY, clock.clone());
        clock.block_on(attempts.pause_after(&FAILED).expect("a retry"));
        drop(attempts.pause_after(&FAILED));
        clock.advance(seconds(4)); // somebody pressed "retry now"
        let delay = attempts.delay_after(&outcome);
        clock.advance(delay.unwrap_or(seconds(10)));
        let slept = attempts.report().slept();
        assert_eq!(
            slept,
            seconds(14) + delay.unwrap_or_default(),
            "{outcome:?}"
        );
        assert_eq!(attempts.report().completion(), completion);
    }
    let once = POLICY.with_max_attempts(2);
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&once, clock.clone());
    drop(attempts.pause_after(&FAILED));
    clock.advance(seconds(4));
    assert_eq!(attempts.delay_after(&FAILED), None);
    let report = attempts.report();
    let used_up = Some(Completion::GaveUp(GiveUp::Attempts));
    assert_eq!((report.slept(), report.completion()), (seconds(4), used_up));
}

#[test]
fn the_report_of_a_call_that_has_ended_stays_as_it_was() {
    let accepted = Ok::<(), Error>(());
    let cases = [
        // (how it ended, outcomes, time of its end in seconds)
        ("gave up", &[FAILED; 4][..], Some(30)),
        ("gave up at once", &[Err(Error::Denied)], Some(0)),
        ("accepted after a retry", &[FAILED, accepted], Some(10)),
        // No clock is read at the end of it.
        ("accepted at once", &[accepted], None),
    ];
    for (name, outcomes, ended) in cases {
        let clock = VirtualClock::new();
        let mut attempts =
            Attempts::new(&POLICY, clock.clone()).when(|error: &Error| *error == Error::Reset);
        for outcome in outcomes {
            if let Some(pause) = attempts.pause_after(outcome) {
                clock.block_on(pause);
            }
        }
        clock.advance(seconds(100));
        let (now, elapsed) = (clock.now(), attempts.report().elapsed());
        assert_eq!(elapsed, ended.map_or(now, seconds), "{name}");
    }
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone());
    clock.advance(seconds(3));
    let report = attempts.cancel();
    clock.advance(seconds(3));
    assert_eq!(attempts.report(), report, "cancelled");
}

/// Polls a future until some time has passed, and drops it.
async fn poll_for(clock: &VirtualClock, time: Duration, future: impl Future<Output = ()>) {
    let (mut future, mut time) = (pin!(future), pin!(clock.sleep(time)));
    poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        time.as_mut().poll(cx)
    })
    .await;
}

#[test]
fn dropping_a_call_in_a_wait_gives_the_budget_back_in_every_form() {
    let budget = ConcurrencyBudget::new(1, 1);
    let clock = VirtualClock::new();
    let counts = || (budget.calls(), budget.retries());
    let seen = |budget: &ConcurrencyBudget| assert_eq!((budget.calls(), budget.retries()), (1, 1));
    let failing = |_: &Error| true;
    let call = async {
        let call = retry(&POLICY, clock.clone(), || ready(FAILED));
        let call = call.when(failing).with_budget(&budget);
        let _ = call.await;
    };
    let run = async {
        let attempts = Attempts::new(&POLICY, clock.clone()).when(failing);
        let _ = attempts.with_budget(&budget).run(async || FAILED).await;
    };
    let limit = async {
        let attempts = Attempts::new(&POLICY, clock.clone()).when(failing);
        let mut attempts = attempts.with_budget(&budget);
        let outcome = attempts.limit(ready(FAILED)).await;
        attempts.pause_after(&outcome).expect("a retry").await;
    };
    clock.block_on(async {
        let mut call = Box::pin(call);
        poll_for(&clock, seconds(3), call.as_mut()).await;
        seen(&budget);
        drop(call);
        assert_eq!(counts(), (0, 0), "retry");
        let mut run = Box::pin(run);
        poll_for(&clock, seconds(3), run.as_mut()).await;
        seen(&budget);
        drop(run);
        assert_eq!(counts(), (0, 0), "run");
        let mut limit = Box::pin(limit);
        poll_for(&clock, seconds(3), limit.as_mut()).await;
        seen(&budget);
        drop(limit);
        assert_eq!(counts(), (0, 0), "the loop");
    });
    assert_eq!(clock.now(), seconds(9));
}
