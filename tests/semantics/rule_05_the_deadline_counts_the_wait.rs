use std::time::Duration;

use backoff_core::{DeadlineRule, Failure, GiveUp, Jitter, Policy};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Clock, Ending, Sleeper, TimedOut};
use backoff_tokio::ThreadRandom;

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
        let mut attempts = Attempts::new(&POLICY, clock.clone(), ThreadRandom);
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
    assert_eq!(report.ending(), Some(Ending::GaveUp(GiveUp::Deadline)));
}

#[test]
fn what_remains_is_computed_after_the_wait() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_attempt_timeout(seconds(7));
    let timeouts = clock.block_on(async {
        let mut attempts = Attempts::new(&policy, clock.clone(), ThreadRandom);
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
fn an_attempt_is_cut_off_at_its_timeout() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_attempt_timeout(seconds(3));
    let attempts = Attempts::new(&policy, clock.clone(), ThreadRandom);
    let cut = clock.block_on(attempts.timeout(std::future::pending::<()>()));
    assert_eq!(cut.map_err(TimedOut::after), Err(seconds(3)));
    assert_eq!(clock.now(), seconds(3));
    let ready = clock.block_on(attempts.timeout(std::future::ready(42)));
    assert_eq!(ready, Ok(42));
}
