use backoff_core::{Failure, Jitter, Percent, Policy};

use crate::{HALF, after, ms, seconds};

const JITTERS: [Jitter; 6] = [
    Jitter::Additive(ms(300)),
    Jitter::Decorrelated,
    Jitter::Equal,
    Jitter::Full,
    Jitter::None,
    Jitter::Proportional(Percent::new(50)),
];

#[test]
fn no_jittered_delay_exceeds_the_cap() {
    for jitter in JITTERS {
        let policy = Policy::exponential(ms(100), seconds(1))
            .with_jitter(jitter)
            .without_attempt_limit();
        for random in [0, 1, HALF - 1, HALF, u32::MAX - 1, u32::MAX] {
            let longest = policy.delays(|| random).take(40).max();
            assert!(
                longest <= Some(seconds(1)),
                "{jitter:?} with {random}: {longest:?}"
            );
        }
    }
}

#[test]
fn a_delay_at_the_cap_is_still_random() {
    for jitter in JITTERS {
        let policy = Policy::exponential(ms(100), seconds(1))
            .with_jitter(jitter)
            .without_attempt_limit();
        let thirtieth = |random| policy.without_deadline().delays(|| random).nth(30);
        let spread = [0, HALF, u32::MAX].map(thirtieth);
        if jitter == Jitter::None {
            assert_eq!(spread, [Some(seconds(1)); 3]);
        } else {
            assert!(
                spread[0] < spread[1] && spread[1] < spread[2],
                "{jitter:?}: {spread:?}"
            );
        }
    }
}

#[test]
fn three_points_of_each_jitter_in_the_second_window() {
    let cases = [
        (Jitter::Additive(ms(300)), [200, 350, 500]),
        (Jitter::Equal, [100, 150, 200]),
        (Jitter::Full, [0, 100, 200]),
        (Jitter::None, [200, 200, 200]),
        (Jitter::Proportional(Percent::new(50)), [100, 200, 300]),
    ];
    for (jitter, expected) in cases {
        let policy = Policy::exponential(ms(100), seconds(1)).with_jitter(jitter);
        let second = |random| policy.delays(|| random).nth(1);
        assert_eq!(
            [0, HALF, u32::MAX].map(second),
            expected.map(|delay| Some(ms(delay))),
            "{jitter:?}"
        );
    }
}

#[test]
fn decorrelated_jitter_triples_the_previous_delay_at_most() {
    let policy = Policy::exponential(ms(100), seconds(2)).with_jitter(Jitter::Decorrelated);
    let longest: Vec<_> = policy.delays(|| u32::MAX).collect();
    assert_eq!(longest, [300, 900, 2_000, 2_000].map(ms));
    let shortest: Vec<_> = policy.delays(|| 0).collect();
    assert_eq!(shortest, [100; 4].map(ms));
}

#[test]
fn full_jitter_is_the_default_of_every_constructor() {
    let zero = |delay: Option<core::time::Duration>| assert_eq!(delay, Some(ms(0)));
    zero(Policy::DEFAULT.delays(|| 0).next());
    zero(Policy::constant(ms(9)).delays(|| 0).next());
    zero(Policy::fibonacci(ms(9), ms(99)).delays(|| 0).next());
    zero(Policy::linear(ms(9), ms(9), ms(99)).delays(|| 0).next());
    zero(Policy::steps(&[ms(9)]).delays(|| 0).next());
    assert_eq!(Policy::default(), Policy::DEFAULT);
    let windows = Policy::DEFAULT
        .with_jitter(Jitter::None)
        .without_attempt_limit();
    let windows: Vec<_> = windows.delays(|| 0).take(9).collect();
    let expected = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000];
    assert_eq!(windows, expected.map(ms));
}

#[test]
fn a_least_delay_is_added_to_the_jittered_one() {
    let refused = Failure::doubtful().with_min_delay(seconds(1));
    for (random, expected) in [(0, 1_000), (HALF, 1_050), (u32::MAX, 1_100)] {
        let decision = Policy::DEFAULT
            .start()
            .on_failure(seconds(0), refused, random);
        assert_eq!(decision, after(ms(expected)), "{random}");
    }
}
