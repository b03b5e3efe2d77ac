use backoff_core::{FailureKind, Policy};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{Attempts, Report, retry};

use crate::ms;

static POLICY: Policy = Policy::exponential(ms(1), ms(2)).with_max_attempts(3);

/// What the inner layer hands out: its last outcome, and what it did.
type Inner = (Result<u32, &'static str>, Report);

/// The outer layer's judgement: a failure that was retried within is final.
fn once(inner: &Inner) -> Option<FailureKind> {
    let (outcome, report) = inner;
    match outcome {
        Ok(_) => None,
        Err(_) if report.is_exhausted() => Some(FailureKind::Permanent),
        Err(_) => Some(FailureKind::Transient),
    }
}

/// The attempts of an outer layer around an inner one, each of which makes three at most.
fn outer_attempts(script: &Script<Result<u32, &'static str>>, clock: &VirtualClock) -> u32 {
    let inner = || {
        retry(&POLICY, clock.clone(), || script.play_async())
            .when(|error: &&str| match *error {
                "denied" => FailureKind::Permanent,
                _ => FailureKind::Transient,
            })
            .uninterrupted()
            .reported()
    };
    let outer = retry(&POLICY, clock.clone(), inner)
        .when(backoff_core::outcomes(once))
        .uninterrupted()
        .reported();
    let (_, report) = clock.block_on(outer);
    report.attempts()
}

#[test]
fn what_an_inner_layer_gave_up_on_is_not_retried_by_the_outer_one() {
    let cases = [
        // (name, outcomes of which the last repeats, attempts in all, attempts of the outer layer)
        (
            "retried within, in vain",
            [Err("reset"), Err("reset")],
            3,
            1,
        ),
        (
            "retried within, then final",
            [Err("reset"), Err("denied")],
            2,
            1,
        ),
        ("retried within, with success", [Err("reset"), Ok(42)], 2, 1),
        ("not retried within", [Err("denied"), Ok(42)], 2, 2),
    ];
    for (name, outcomes, expected, outer) in cases {
        let (script, clock) = (Script::new(outcomes), VirtualClock::new());
        assert_eq!(outer_attempts(&script, &clock), outer, "{name}");
        assert_eq!(script.plays(), expected, "{name}");
    }
}

#[test]
fn an_inner_layer_knows_the_number_of_its_attempt() {
    let mut numbers = Vec::new();
    let mut attempts = Attempts::new(&POLICY, VirtualClock::new());
    loop {
        numbers.push(attempts.attempt()); // what a request would carry
        if attempts.delay_after(&Err::<(), _>("reset")).is_none() {
            break;
        }
    }
    assert_eq!(numbers, [1, 2, 3]);
}
