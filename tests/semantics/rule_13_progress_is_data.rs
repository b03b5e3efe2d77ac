use std::time::Duration;

use backoff_core::{Decision, Failure, Jitter, Policy, Progress};
use backoff_driver::Attempts;
use backoff_driver::test_util::{Script, VirtualClock};

use crate::{ms, seconds};

const FAILURES: [Failure; 7] = [
    Failure::transient(),
    Failure::doubtful(),
    Failure::throttled(),
    Failure::throttled().with_retry_after(Duration::from_secs(1)),
    Failure::doubtful(),
    Failure::doubtful(),
    Failure::transient(),
];

/// The decisions of a call, which is saved and resumed before each failure that `reboot` names.
fn decisions(policy: &Policy, reboot: impl Fn(usize) -> bool) -> Vec<Decision> {
    let mut retry = policy.start();
    let mut random = 1_u32;
    let decide = |(index, failure): (usize, Failure)| {
        if reboot(index) {
            let saved = retry.progress().to_bytes();
            retry = policy.resume(Progress::from_bytes(&saved).expect("what was saved"));
        }
        random = random.wrapping_mul(0x9e37_79b1);
        retry.on_failure(ms(index as u64), failure, random)
    };
    FAILURES.into_iter().enumerate().map(decide).collect()
}

#[test]
fn a_call_resumed_at_any_point_decides_as_if_nothing_had_happened() {
    for jitter in [Jitter::Full, Jitter::Decorrelated, Jitter::Equal] {
        let policy = Policy::DEFAULT.with_jitter(jitter).with_max_attempts(20);
        let straight = decisions(&policy, |_| false);
        for point in 0..FAILURES.len() {
            assert_eq!(
                decisions(&policy, |index| index == point),
                straight,
                "{jitter:?} at {point}"
            );
        }
        assert_eq!(
            decisions(&policy, |_| true),
            straight,
            "{jitter:?} at every point"
        );
    }
}

#[test]
fn a_driver_resumes_attempt_and_elapsed_time_on_a_clock_that_starts_anew() {
    let policy = Policy::constant(seconds(10))
        .with_jitter(Jitter::None)
        .with_max_attempts(4);
    let mut first = Attempts::new(&policy, VirtualClock::new());
    let _ = first.delay_after(&Err::<(), _>("reset"));
    let saved = first.progress();

    let script: Script<Result<(), _>> = Script::new([Err("reset")]);
    let mut second = Attempts::new(&policy, VirtualClock::new()).resume(saved, seconds(45));
    assert_eq!(
        (second.attempt(), second.elapsed(), second.remaining()),
        (2, seconds(45), Some(seconds(15)))
    );
    assert_eq!(second.call(|| script.play()), Err("reset"));
    assert_eq!(script.plays(), 2, "at 45 s and at 55 s");
}

#[test]
fn a_resumed_future_counts_on() {
    let clock = VirtualClock::new();
    let script: Script<Result<(), _>> = Script::new([Err("reset")]);
    let mut retry = Policy::DEFAULT.start();
    let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 0);
    let call = backoff_driver::retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
        .uninterrupted()
        .resume(retry.progress(), seconds(1))
        .reported();
    let (_, report) = clock.block_on(call);
    assert_eq!((report.attempts(), script.plays()), (5, 4));
    assert!(report.elapsed() >= seconds(1));
}

#[test]
fn serde_carries_progress() {
    let mut retry = Policy::DEFAULT.with_jitter(Jitter::Decorrelated);
    retry = retry.with_max_attempts(9);
    let mut call = retry.start();
    let _ = call.on_failure(Duration::ZERO, Failure::doubtful(), 77);
    let text = serde_json::to_string(&call.progress()).expect("written");
    let read: Progress = serde_json::from_str(&text).expect("read");
    assert_eq!(read, call.progress());
    assert!(
        serde_json::from_str::<Progress>(&text.replace("\"attempt\":2", "\"attempt\":0")).is_err()
    );
}
