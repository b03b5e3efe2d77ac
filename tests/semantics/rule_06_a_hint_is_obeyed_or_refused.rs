use std::time::Duration;

use backoff_core::{Decision, DelayOrigin, Failure, GiveUp, HintRule, Jitter, Policy};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{Attempts, Event};

use crate::{HALF, after, gave_up, ms, seconds};

const POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(8))
    .with_deadline(Duration::from_secs(1_000));

fn hinted(seconds: u64) -> Failure {
    Failure::throttled().with_retry_after(Duration::from_secs(seconds))
}

#[test]
fn the_wait_is_the_hint_and_a_share_of_the_window() {
    for (random, expected) in [(0, 30_000), (HALF, 30_500), (u32::MAX, 31_000)] {
        let decision = POLICY.start().on_failure(seconds(0), hinted(30), random);
        assert_eq!(decision, after(ms(expected)), "{random}");
    }
}

#[test]
fn without_jitter_the_wait_is_exactly_the_hint() {
    let decision =
        POLICY
            .with_jitter(Jitter::None)
            .start()
            .on_failure(seconds(0), hinted(30), HALF);
    assert_eq!(decision, after(seconds(30)));
}

#[test]
fn a_hint_shorter_than_the_window_is_obeyed_too() {
    let decision =
        POLICY
            .start()
            .on_failure(seconds(0), Failure::transient().with_retry_after(ms(1)), 0);
    assert_eq!(decision, after(ms(1)));
}

#[test]
fn a_hint_of_zero_leaves_the_schedule_in_charge() {
    let policy = POLICY.with_jitter(Jitter::None);
    assert_eq!(
        policy.start().on_failure(seconds(0), hinted(0), 0),
        after(seconds(1))
    );
    assert_eq!(
        policy.delay_origin(hinted(0), seconds(1)),
        DelayOrigin::Schedule
    );
}

#[test]
fn above_the_longest_hint_the_policy_says_what_happens() {
    let policy = POLICY.with_jitter(Jitter::None);
    let cases = [
        // (rule, hint, decision, origin)
        (
            HintRule::GiveUp,
            120,
            after(seconds(120)),
            DelayOrigin::Hint,
        ),
        (
            HintRule::GiveUp,
            121,
            gave_up(GiveUp::HintTooLong),
            DelayOrigin::Hint,
        ),
        (
            HintRule::Clamp,
            121,
            after(seconds(120)),
            DelayOrigin::ClampedHint,
        ),
        (
            HintRule::Ignore,
            121,
            after(seconds(1)),
            DelayOrigin::Schedule,
        ),
    ];
    for (rule, hint, decision, origin) in cases {
        let policy = policy.with_hint_rule(rule);
        let decided = policy.start().on_failure(seconds(0), hinted(hint), 0);
        assert_eq!(decided, decision, "{rule:?} {hint}");
        if let Decision::Retry { after } = decided {
            assert_eq!(
                policy.delay_origin(hinted(hint), after),
                origin,
                "{rule:?} {hint}"
            );
        }
    }
    let none = policy
        .with_max_hint(Duration::ZERO)
        .with_hint_rule(HintRule::Clamp);
    assert_eq!(
        none.start().on_failure(seconds(0), hinted(9), 0),
        after(seconds(1)),
        "clamped to zero"
    );
}

#[test]
fn a_hint_and_the_failures_own_minimum_both_hold() {
    let policy = POLICY.with_jitter(Jitter::None).with_max_hint(seconds(20));
    let clamps = policy.with_hint_rule(HintRule::Clamp);
    let ignores = policy.with_hint_rule(HintRule::Ignore);
    let full = policy.with_jitter(Jitter::Full);
    let cases = [
        // (policy, hint, minimum, wait in seconds or none): the window is 1 s
        (policy, 5, 0, Some(5)),
        (policy, 5, 3, Some(5)),
        (policy, 5, 5, Some(5)),
        (policy, 5, 9, Some(9)),
        (policy, 0, 9, Some(10)), // no hint: the schedule's delay comes on top
        (policy, 21, 9, None),
        (policy, 20, 99, Some(99)), // the minimum is not subject to the longest hint
        (clamps, 21, 9, Some(20)),
        (clamps, 21, 30, Some(30)),
        (ignores, 21, 9, Some(10)),
        (full, 5, 3, Some(6)), // the largest share of the window comes on top
        (full, 5, 9, Some(10)),
    ];
    for (policy, hint, minimum, wait) in cases {
        let failure = hinted(hint).with_min_delay(seconds(minimum));
        let decision = policy.start().on_failure(seconds(0), failure, u32::MAX);
        let expected = wait.map_or(gave_up(GiveUp::HintTooLong), |wait| after(seconds(wait)));
        assert_eq!(decision, expected, "{hint} and {minimum} under {policy}");
    }
}

#[test]
fn a_hint_counts_towards_attempts_and_the_deadline() {
    let short = POLICY.with_deadline(seconds(29));
    assert_eq!(
        short.start().on_failure(seconds(0), hinted(30), 0),
        gave_up(GiveUp::Deadline)
    );
    let mut retry = POLICY.start();
    for _ in 1..5 {
        let _ = retry.on_failure(seconds(0), hinted(1), 0);
    }
    assert_eq!(
        retry.on_failure(seconds(0), hinted(1), 0),
        gave_up(GiveUp::Attempts)
    );
}

#[test]
fn the_driver_sleeps_the_hint_and_reports_it() {
    let clock = VirtualClock::new();
    let script = Script::fails(1, 30).then("text");
    let mut causes = Vec::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .when(|hint: &u64| hinted(*hint))
        .on_event(|event: &Event<'_, Result<&str, u64>>| {
            if let Event::Retrying { origin, delay, .. } = event {
                causes.push((*origin, *delay >= seconds(30)));
            }
        });
    assert_eq!(attempts.call(|| script.play()), Ok("text"));
    let report = attempts.report();
    assert_eq!(report.last_hint(), Some(seconds(30)));
    assert!(
        report.elapsed() >= seconds(30) && report.elapsed() <= seconds(31),
        "{report}"
    );
    drop(attempts);
    assert_eq!(causes, [(DelayOrigin::Hint, true)]);
}

#[test]
fn a_hint_that_ends_the_call_is_in_the_report() {
    let script: Script<Result<(), u64>> = Script::new([Err(500)]);
    let mut attempts = Attempts::new(&POLICY, VirtualClock::new()).when(|hint: &u64| hinted(*hint));
    assert_eq!(attempts.call(|| script.play()), Err(500));
    assert_eq!(attempts.report().last_hint(), Some(seconds(500)));
}
