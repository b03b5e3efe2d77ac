use std::cell::Cell;
use std::time::Duration;

use backoff_core::{DeadlineRule, Failure, GiveUp, Jitter, Policy};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Clock, Completion, Sleeper, TimedOut, retry};

use crate::{after, gave_up, ms, seconds};

const POLICY: Policy = Policy::exponential(Duration::from_secs(4), Duration::from_secs(4))
    .with_jitter(Jitter::None)
    .with_deadline(Duration::from_secs(10));

#[test]
fn a_wait_that_would_pass_the_deadline_gives_up_at_once() {
    let cases = [
        // (elapsed in ms, decision)
        (0, after(seconds(4))),
        (6_000, after(seconds(4))), // ends on the deadline, and does not pass it
        (6_001, gave_up(GiveUp::Deadline)),
        (10_000, gave_up(GiveUp::Deadline)),
        (99_000, gave_up(GiveUp::Deadline)),
    ];
    for (elapsed, expected) in cases {
        let decision = POLICY
            .start()
            .on_failure(ms(elapsed), Failure::transient(), 0);
        assert_eq!(decision, expected, "at {elapsed} ms");
    }
}

#[test]
fn clamping_waits_for_the_rest_and_tries_once_more() {
    let policy = POLICY
        .with_deadline_rule(DeadlineRule::ClampToRemaining)
        .with_attempt_timeout(seconds(3));
    let cases = [
        (5_000, after(seconds(4))),
        (9_000, after(seconds(1))),
        (9_999, after(ms(1))),
        (10_000, gave_up(GiveUp::Deadline)),
    ];
    for (elapsed, expected) in cases {
        let decision = policy
            .start()
            .on_failure(ms(elapsed), Failure::transient(), 0);
        assert_eq!(decision, expected, "at {elapsed} ms");
    }
    assert_eq!(
        policy.start().attempt_timeout(seconds(10)),
        Some(seconds(3)),
        "the last attempt"
    );
}

#[test]
fn a_deadline_of_zero_makes_one_attempt() {
    let policy = POLICY.with_deadline(Duration::ZERO);
    assert_eq!(
        policy
            .start()
            .on_failure(Duration::ZERO, Failure::transient(), 0),
        gave_up(GiveUp::Deadline)
    );
    let clamped = policy.with_deadline_rule(DeadlineRule::ClampToRemaining);
    assert_eq!(
        clamped
            .start()
            .on_failure(Duration::ZERO, Failure::transient(), 0),
        gave_up(GiveUp::Deadline)
    );
}

#[test]
fn what_remains_is_the_timeout_of_the_next_attempt() {
    let timed = POLICY.with_attempt_timeout(seconds(3));
    let cases = [
        // (policy, elapsed, remaining, timeout)
        (timed, 0, Some(10), Some(3)),
        (timed, 8, Some(2), Some(2)),
        (timed, 11, Some(0), Some(0)),
        (POLICY, 8, Some(2), Some(2)),
        (timed.without_deadline(), 8, None, Some(3)),
        (POLICY.without_deadline(), 8, None, None),
    ];
    for (policy, elapsed, remaining, timeout) in cases {
        let retry = policy.start();
        assert_eq!(
            retry.remaining(seconds(elapsed)),
            remaining.map(seconds),
            "at {elapsed} s"
        );
        assert_eq!(
            retry.attempt_timeout(seconds(elapsed)),
            timeout.map(seconds),
            "at {elapsed} s"
        );
    }
}

#[test]
fn the_driver_measures_attempts_and_waits_together_from_the_first_attempt() {
    let clock = VirtualClock::new();
    clock.advance(seconds(1_000)); // the origin of the clock does not matter
    let (outcome, report) = clock.block_on(async {
        let mut attempts = Attempts::new(&POLICY, clock.clone()).uninterrupted();
        let outcome = attempts
            .run(async || {
                clock.sleep(seconds(1)).await;
                Err::<(), _>("reset")
            })
            .await;
        (outcome, attempts.report())
    });
    // 1 s, wait 4 s, 1 s, and another 4 s would end at 10 s; then 1 s more is past it.
    assert_eq!(outcome, Err("reset"));
    assert_eq!(
        (report.attempts(), report.elapsed(), report.slept()),
        (3, seconds(11), seconds(8))
    );
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Deadline))
    );
}

#[test]
fn what_remains_is_computed_after_the_wait() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_attempt_timeout(seconds(7));
    let timeouts = clock.block_on(async {
        let mut attempts = Attempts::new(&policy, clock.clone());
        let mut timeouts = vec![attempts.attempt_timeout()];
        while let Some(pause) = attempts.pause_after(&Err::<(), _>("reset")) {
            pause.await;
            timeouts.push(attempts.attempt_timeout());
        }
        timeouts
    });
    assert_eq!(timeouts, [7, 6, 2].map(|left| Some(seconds(left))));
}

#[test]
fn an_attempt_is_interrupted_at_its_timeout() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_attempt_timeout(seconds(3));
    let mut attempts = Attempts::new(&policy, clock.clone());
    let cut = clock.block_on(attempts.timeout(std::future::pending::<()>()));
    assert_eq!(cut.map_err(TimedOut::after), Err(seconds(3)));
    assert_eq!(clock.now(), seconds(3));
    let ready = clock.block_on(attempts.timeout(std::future::ready(42)));
    assert_eq!(ready, Ok(42));
}

/// An operation whose attempts take so long; an attempt that is dropped before its end says so.
async fn after_a_while(
    clock: &VirtualClock,
    takes: Duration,
    ended: &Cell<u32>,
) -> Result<(), String> {
    clock.sleep(takes).await;
    ended.set(ended.get() + 1);
    Err("reset".to_owned())
}

#[test]
fn a_stalled_attempt_costs_its_timeout_and_is_classified_like_any_other() {
    let (clock, ended) = (VirtualClock::new(), Cell::new(0));
    let policy = POLICY.with_attempt_timeout(seconds(2));
    let call = retry(&policy, clock.clone(), || {
        after_a_while(&clock, seconds(100), &ended)
    })
    .on_timeout(|cut| Err(cut.to_string()))
    .reported();
    let (outcome, report) = clock.block_on(call);
    // 2 s, wait 4 s, 2 s; another wait of 4 s would pass the deadline.
    assert_eq!(outcome, Err("timed out after 2s".to_owned()));
    assert_eq!((report.attempts(), report.elapsed()), (2, seconds(8)));
    assert_eq!(ended.get(), 0, "every attempt was dropped");
}

#[test]
fn the_deadline_interrupts_the_attempt_in_flight_and_yields_the_last_real_outcome() {
    let (clock, ended) = (VirtualClock::new(), Cell::new(0));
    let mut takes = [seconds(1), seconds(100)].into_iter();
    let mut lines = Vec::new();
    let call = retry(&POLICY, clock.clone(), || {
        after_a_while(&clock, takes.next().unwrap_or_default(), &ended)
    })
    .on_timeout(|cut| Err(cut.to_string()))
    .on_event(|event| lines.push(event.to_string()))
    .reported();
    let (outcome, report) = clock.block_on(call);
    assert_eq!(outcome, Err("reset".to_owned()));
    assert_eq!((report.attempts(), report.elapsed()), (2, seconds(10)));
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    assert_eq!(ended.get(), 1, "the second attempt was dropped");
    assert_eq!(
        lines.last().map(String::as_str),
        Some("attempt 2 was interrupted at the deadline, after 10.000s")
    );
}

#[test]
fn a_first_attempt_interrupted_at_the_deadline_yields_what_was_made_up() {
    let (clock, ended) = (VirtualClock::new(), Cell::new(0));
    let call = retry(&POLICY, clock.clone(), || {
        after_a_while(&clock, seconds(100), &ended)
    })
    .on_timeout(|cut| Err(cut.to_string()));
    assert_eq!(
        clock.block_on(call),
        Err("timed out at the deadline of 10s".to_owned())
    );
    assert_eq!(clock.now(), seconds(10));
}

#[test]
fn the_last_attempt_of_a_clamped_call_is_not_interrupted_by_the_deadline() {
    let (clock, ended) = (VirtualClock::new(), Cell::new(0));
    let policy = POLICY
        .with_deadline(seconds(5))
        .with_deadline_rule(DeadlineRule::ClampToRemaining);
    let call = retry(&policy, clock.clone(), || {
        after_a_while(&clock, seconds(3), &ended)
    })
    .on_timeout(|cut| Err(cut.to_string()))
    .reported();
    let (outcome, report) = clock.block_on(call);
    assert_eq!((outcome, ended.get()), (Err("reset".to_owned()), 2));
    assert_eq!(
        (report.attempts(), report.elapsed(), report.slept()),
        (2, seconds(8), seconds(2))
    );
}

#[test]
fn the_last_attempt_of_a_clamped_call_keeps_to_its_own_timeout() {
    let (clock, ended) = (VirtualClock::new(), Cell::new(0));
    let policy = POLICY
        .with_deadline(seconds(5))
        .with_attempt_timeout(seconds(3))
        .with_deadline_rule(DeadlineRule::ClampToRemaining);
    let call = retry(&policy, clock.clone(), || {
        after_a_while(&clock, seconds(100), &ended)
    })
    .on_timeout(|cut| Err(cut.to_string()))
    .reported();
    let (outcome, report) = clock.block_on(call);
    // 3 s, a wait of 2 s until the deadline, 3 s.
    assert_eq!(outcome, Err("timed out after 3s".to_owned()));
    assert_eq!((report.attempts(), report.elapsed()), (2, seconds(8)));
    let late = Some(Completion::GaveUp(GiveUp::Deadline));
    assert_eq!(report.completion(), late);
}

#[test]
fn a_call_within_another_keeps_to_what_is_left_of_it() {
    let outer = POLICY.start();
    let cases = [
        // (elapsed of the outer call, deadline of the inner)
        (seconds(3), seconds(7)),
        (seconds(12), seconds(0)),
    ];
    for (elapsed, deadline) in cases {
        let inner = Policy::DEFAULT.within(outer.remaining(elapsed));
        assert_eq!(
            inner.start().remaining(Duration::ZERO),
            Some(deadline),
            "{elapsed:?}"
        );
    }
    let unlimited = POLICY.without_deadline().start().remaining(Duration::ZERO);
    assert_eq!(Policy::DEFAULT.within(unlimited), Policy::DEFAULT);
    assert_eq!(
        POLICY.within(Some(seconds(99))),
        POLICY,
        "the shorter one counts"
    );
}

/// Says when it is dropped.
struct Bell<'b>(&'b Cell<Option<tokio::time::Instant>>);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        self.0.set(Some(tokio::time::Instant::now()));
    }
}

#[tokio::test(start_paused = true)]
async fn on_tokio_a_deadline_ends_the_call_within_a_tick_and_drops_the_attempt() {
    let tick = ms(1);
    let (began, dropped) = (tokio::time::Instant::now(), Cell::new(None));
    let mut stalls = [false, true].into_iter();
    let call = backoff_tokio::retry(&POLICY, || {
        let (stalls, bell) = (stalls.next(), Bell(&dropped));
        async move {
            if stalls == Some(true) {
                std::future::pending::<()>().await;
            }
            drop(bell);
            Err::<(), _>("reset".to_owned())
        }
    })
    .on_timeout(|cut| Err(cut.to_string()))
    .reported();
    let (outcome, report) = call.await;
    let took = began.elapsed();
    assert!(
        took >= seconds(10) && took <= seconds(10) + tick,
        "{took:?}"
    );
    let dropped = dropped.get().map(|at| at - began);
    assert_eq!(dropped, Some(took), "the attempt ended when the call did");
    assert_eq!(outcome, Err("reset".to_owned()), "the last real outcome");
    assert_eq!(
        (report.attempts(), report.completion()),
        (2, Some(Completion::Interrupted))
    );
}
