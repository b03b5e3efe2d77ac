use std::time::Duration;

use backoff_core::{
    Constant, DeadlineRule, Decision, Exponential, Failure, Fibonacci, HintRule, Jitter, Linear,
    Percent, Policy, Progress, Schedule, Steps,
};

use crate::{HALF, ms};

const EXTREMES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_secs(1),
    Duration::from_secs(1 << 40),
    Duration::MAX,
];

/// Progress at an attempt that no test could count up to.
fn at_attempt(attempt: u32) -> Progress {
    let mut retry = Progress::START.to_bytes();
    retry[9..13].copy_from_slice(&attempt.to_le_bytes());
    let sum = crc(&retry[..17]).to_le_bytes();
    retry[17..].copy_from_slice(&sum);
    Progress::from_bytes(&retry).expect("a valid record")
}

fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}

fn every_decision<S: Schedule + Copy>(schedule: S, mut check: impl FnMut(Decision)) {
    for max in EXTREMES {
        for extreme in EXTREMES {
            let jitters = [
                Jitter::Additive(extreme),
                Jitter::Decorrelated,
                Jitter::Equal,
                Jitter::Full,
                Jitter::None,
                Jitter::Proportional(Percent::new(100)),
            ];
            for jitter in jitters {
                let policy = Policy::new(schedule)
                    .with_max_delay(max)
                    .with_jitter(jitter)
                    .without_attempt_limit()
                    .with_deadline(extreme)
                    .with_max_hint(extreme)
                    .with_hint_rule(HintRule::Clamp)
                    .with_deadline_rule(DeadlineRule::ClampToRemaining);
                for attempt in [1, 2, 33, 64, 65, 100, u32::MAX] {
                    for random in [0, HALF, u32::MAX] {
                        for failure in [
                            Failure::transient(),
                            Failure::throttled().with_retry_after(Duration::MAX),
                            Failure::doubtful().with_min_delay(Duration::MAX),
                        ] {
                            let mut retry = policy.resume(at_attempt(attempt));
                            check(retry.on_failure(extreme, failure, random));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn no_configuration_and_no_attempt_number_panics() {
    let mut retries = 0_u32;
    for base in EXTREMES {
        let mut count = |decision| retries += u32::from(matches!(decision, Decision::Retry { .. }));
        every_decision(Constant::new(base), &mut count);
        every_decision(Exponential::new(base), &mut count);
        every_decision(Exponential::new(base).with_ratio(u32::MAX, 1), &mut count);
        every_decision(Exponential::new(base).with_ratio(3, 2), &mut count);
        every_decision(Fibonacci::new(base), &mut count);
        every_decision(Linear::new(base, base), &mut count);
        every_decision(Steps::new(&[]), &mut count);
    }
    assert!(retries > 0);
}

#[test]
fn no_window_falls_back_once_it_has_grown() {
    fn windows<S: Schedule>(policy: &Policy<S>) -> Vec<Duration> {
        [
            1,
            2,
            3,
            31,
            32,
            33,
            34,
            53,
            54,
            63,
            64,
            65,
            66,
            93,
            94,
            127,
            128,
            1_000_000,
            u32::MAX,
        ]
        .into_iter()
        .map(|attempt| {
            match policy.resume(at_attempt(attempt)).on_failure(
                Duration::ZERO,
                Failure::transient(),
                0,
            ) {
                Decision::Retry { after } => after,
                Decision::GiveUp(reason) => panic!("attempt {attempt}: {reason}"),
            }
        })
        .collect()
    }
    fn check<S: Schedule>(name: &str, policy: Policy<S>) {
        let windows = windows(&policy.with_jitter(Jitter::None).retry_forever());
        assert!(windows.is_sorted(), "{name}: {windows:?}");
        assert!(windows[0] > Duration::ZERO, "{name}");
    }
    check("constant", Policy::constant(ms(1)));
    check("doubling", Policy::exponential(ms(1), Duration::MAX));
    check(
        "tripling",
        Policy::exponential(ms(1), Duration::MAX).with_ratio(3, 1),
    );
    check(
        "slow growth",
        Policy::exponential(ms(1), Duration::MAX).with_ratio(u32::MAX, u32::MAX - 1),
    );
    check("fibonacci", Policy::fibonacci(ms(1), Duration::MAX));
    check("linear", Policy::linear(ms(1), ms(1), Duration::MAX));
    check(
        "steps",
        Policy::steps(&[Duration::from_millis(1), Duration::from_secs(9)]),
    );
}

#[test]
fn a_nanosecond_is_not_rounded_to_zero() {
    let policy = Policy::constant(Duration::from_nanos(1)).with_jitter(Jitter::None);
    assert_eq!(policy.delays(|| 0).next(), Some(Duration::from_nanos(1)));
    let micros = Policy::constant(Duration::from_micros(999)).with_jitter(Jitter::None);
    assert_eq!(micros.delays(|| 0).next(), Some(Duration::from_micros(999)));
}

#[test]
fn a_first_window_of_zero_does_not_keep_decorrelated_delays_at_zero() {
    let seconds = Duration::from_secs;
    let table = [seconds(0), seconds(1), seconds(5)];
    let steps = Policy::steps(&table).with_jitter(Jitter::Decorrelated);
    let linear =
        Policy::linear(seconds(0), seconds(1), seconds(30)).with_jitter(Jitter::Decorrelated);
    let cases = [
        // (the longest delays, the shortest ones)
        (
            steps.delays(|| u32::MAX).collect(),
            [0, 3, 9, 27],
            "steps, longest",
        ),
        (
            linear.delays(|| u32::MAX).collect(),
            [0, 3, 9, 27],
            "linear, longest",
        ),
        (
            steps.delays(|| 0).collect(),
            [0, 1, 0, 5],
            "steps, shortest",
        ),
        (
            linear.delays(|| 0).collect(),
            [0, 1, 0, 3],
            "linear, shortest",
        ),
    ];
    for (delays, expected, case) in cases {
        let delays: Vec<Duration> = delays;
        let rounded: Vec<u64> = delays
            .iter()
            .map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0))
            .collect();
        assert_eq!(rounded, expected, "{case}: {delays:?}");
    }
}
