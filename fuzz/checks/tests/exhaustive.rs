//! Every attempt that could overflow, every kind of jitter, every boundary of a window, and every combination of
//! the settings that decide: where there are few enough, all of them.

use core::num::NonZeroU32;
use core::time::Duration;

use backoff_checks::Check;
use backoff_checks::delay::Case;
use backoff_checks::input::{self, Plan};
use backoff_checks::retry_state::{self, Operation, Setting};
use backoff_core::{Failure, FailureKind, HintRule, Jitter, Percent};

/// Miri is some hundred times slower: there, one of so many cases has to do.
const fn one_of(cases: usize) -> usize {
    if cfg!(miri) { cases } else { 1 }
}

const fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Around each power of two, and endless.
fn boundaries() -> impl Iterator<Item = Duration> + Clone {
    let around = |bit: u32| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1].map(ns);
    let round = [30_000_000_000, u64::MAX - 1].map(ns);
    let bits = [0, 1, 2, 29, 30, 31, 32, 33, 53, 57, 61, 62, 63];
    bits.into_iter()
        .flat_map(around)
        .chain(round)
        .chain([Duration::MAX])
}

fn retries() -> impl Iterator<Item = NonZeroU32> + Clone {
    (1..=70)
        .chain([93, 94, u32::MAX - 1, u32::MAX])
        .filter_map(NonZeroU32::new)
}

fn plans(base: Duration) -> [Plan; 11] {
    let growing = |numerator, denominator| Plan::Growing {
        base,
        numerator,
        denominator,
    };
    [
        Plan::Constant(base),
        Plan::Doubling(base),
        Plan::Fibonacci(base),
        growing(0, 0),
        growing(3, 2),
        growing(11, 10),
        growing(u32::MAX, 1),
        growing(u32::MAX, u32::MAX - 1),
        Plan::Linear { base, step: base },
        Plan::Linear {
            base: ns(1),
            step: base,
        },
        Plan::Steps(vec![ns(5), base]),
    ]
}

const JITTERS: [Jitter; 10] = [
    Jitter::Additive(Duration::ZERO),
    Jitter::Additive(ns(50)),
    Jitter::Additive(Duration::MAX),
    Jitter::Decorrelated,
    Jitter::Equal,
    Jitter::Full,
    Jitter::None,
    Jitter::Proportional(Percent::new(0)),
    Jitter::Proportional(Percent::new(33)),
    Jitter::Proportional(Percent::new(100)),
];

/// The two ends, the middle, and 256 points between them.
fn words() -> impl Iterator<Item = u32> + Clone {
    (0..=255)
        .map(|point| point << 24)
        .chain([1, u32::MAX >> 1, u32::MAX])
        .step_by(one_of(37))
}

#[test]
fn every_retry_of_every_schedule_has_its_exact_window() {
    let case = |plan: Plan, retry| Case {
        plan,
        jitter: Jitter::None,
        max: Duration::MAX,
        previous: Duration::ZERO,
        retry,
        random: 0,
    };
    let cases = boundaries()
        .flat_map(plans)
        .flat_map(|plan| retries().map(move |retry| case(plan.clone(), retry)));
    cases
        .step_by(one_of(499))
        .for_each(|case| case.check_window());
}

#[test]
fn every_jitter_of_every_boundary_is_drawn_at_259_points() {
    let case = |window, max, jitter, random| Case {
        plan: Plan::Constant(window),
        jitter,
        max,
        previous: window,
        retry: NonZeroU32::MIN,
        random,
    };
    let cases = boundaries().flat_map(|window| {
        [window, ns(1_000), Duration::MAX]
            .into_iter()
            .flat_map(move |max| {
                JITTERS.into_iter().flat_map(move |jitter| {
                    words().map(move |random| case(window, max, jitter, random))
                })
            })
    });
    cases
        .step_by(one_of(59))
        .for_each(|case| case.check_delay());
}

#[test]
fn every_combination_of_what_decides_follows_the_rules() {
    let starts = [
        None,
        Some(input::at(ms(40), NonZeroU32::new(2).expect("2"), 1)),
    ];
    let operations = operatioms();
    for setting in settings().into_iter().step_by(one_of(997)) {
        let mut case = retry_state::Case {
            setting,
            start: None,
            operations: vec![],
        };
        for start in starts {
            for operation in &operations {
                case.start = start;
                case.operations = vec![*operation];
                case.check();
            }
        }
    }
}

/// Every rule and every limit, below, at and above what [`operations`] ask for.
fn settings() -> Vec<Setting> {
    let mut settings = vec![];
    for hint_rule in [HintRule::Clamp, HintRule::GiveUp, HintRule::Ignore] {
        for deadline in [None, Some(0), Some(10), Some(11), Some(21), Some(u64::MAX)] {
            for max_attempts in [None, Some(0), Some(1), Some(2), Some(9)] {
                for jitter in [Jitter::None, Jitter::Decorrelated, Jitter::Full] {
                    for bits in 0..8 {
                        settings.push(Setting {
                            schedule: Plan::Doubling(ms(10)),
                            throttled_schedule: (bits & 4 != 0).then_some(Plan::Constant(ms(20))),
                            jitter,
                            max_delay: Some(ms(1_000)),
                            deadline: deadline.map(ms),
                            clamps_to_remaining: bits & 1 != 0,
                            attempt_timeout: (bits & 1 != 0).then_some(ms(15)),
                            max_hint: Some(ms(30)),
                            hint_rule,
                            max_attempts,
                            doubtful_limit: bits & 2,
                        });
                    }
                }
            }
        }
    }
    settings
}

/// Every kind of failure, with every kind of hint and of minimum, early and late.
fn operatioms() -> Vec<Operation> {
    let kinds = [
        FailureKind::Doubtful,
        FailureKind::Permanent,
        FailureKind::Throttled,
        FailureKind::Transient,
    ];
    let hints = [0, 1, 29, 30, 31, u64::MAX].map(ms);
    let failures = kinds.into_iter().map(Failure::new).flat_map(|failure| {
        let hinted = hints.map(|hint| failure.with_retry_after(hint));
        let both = [(7, 29), (29, 7)]
            .map(|(hint, min)| failure.with_retry_after(ms(hint)).with_min_delay(ms(min)));
        hinted
            .into_iter()
            .chain(both)
            .chain([failure, failure.with_min_delay(ms(7))])
    });
    failures
        .flat_map(|failure| {
            [0, 11].map(|elapsed| Operation {
                elapsed: ms(elapsed),
                failure,
                random: 1 << 31,
            })
        })
        .collect()
}
