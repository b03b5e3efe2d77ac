//! What one delay costs under each schedule and each jitter, at the first retries and at the millionth.
//!
//! The policy is a constant unless the subject says that it is known at run time, and the generator Xoshiro128++; the
//! asking is not inlined.

use std::hint::black_box;
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::{
    Constant, Decision, Exponential, Failure, Fibonacci, Jitter, Linear, Percent, Policy,
    PolicyRef, RetryState, Steps,
};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

fn main() {
    ask(&[(EARLY, KNOWN), (EARLY, RUN_TIME), (LATE, KNOWN)]);
}

const EARLY: Measure = Measure {
    name: "delays 1 to 8",
    less: (1_000, 0),
    more: (1_000, 8),
    per: 8_000,
    by: By::Both,
};
const LATE: Measure = Measure {
    name: "delay 1,000,000",
    less: (1, 1_000_000),
    more: (1, 1_001_000),
    per: 1_000,
    by: By::Instructions,
};

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

const DOUBLING: Policy = Policy::exponential(BASE, MAX);
const FIFTH: Percent = Percent::new(20);

/// Names a type for each policy, by which the compiler knows it, and the subjects: known, and known at run time.
macro_rules! policies {
    ($($name:literal, $known:ident: $schedule:ty = $policy:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $known;

            impl PolicyRef for $known {
                type Schedule = $schedule;

                #[inline]
                fn policy(&self) -> &Policy<$schedule> {
                    static POLICY: Policy<$schedule> = $policy.retry_forever();
                    &POLICY
                }
            }
        )*

        const KNOWN: &[Subject] = &[$(Subject::new($name, |n, turns| delays(n, turns, $known)),)*];

        const RUN_TIME: &[Subject] = &[$(
            Subject::new(concat!($name, ", policy known at run time"), |n, turns| {
                delays(n, turns, black_box($known.policy()));
            }),
        )*];
    };
}

policies! {
    "constant, full jitter", Flat: Constant = Policy::constant(BASE);
    "linear, full jitter", Line: Linear = Policy::linear(BASE, BASE, MAX);
    "Fibonacci, full jitter", Golden: Fibonacci = Policy::fibonacci(BASE, MAX);
    "a table, full jitter", Table: Steps<'static> = Policy::steps(&[BASE, MAX]);
    "doubling, full jitter", Doubling: Exponential = DOUBLING;
    "ratio 3:2, full jitter", Ratio: Exponential = DOUBLING.with_ratio(3, 2);
    "doubling, no jitter", Bare: Exponential = DOUBLING.with_jitter(Jitter::None);
    "doubling, equal jitter", Equal: Exponential = DOUBLING.with_jitter(Jitter::Equal);
    "doubling, additive jitter", Additive: Exponential = DOUBLING.with_jitter(Jitter::Additive(BASE));
    "doubling, proportional jitter", Proportional: Exponential = DOUBLING.with_jitter(Jitter::Proportional(FIFTH));
    "decorrelated jitter", Decorrelated: Exponential = DOUBLING.with_jitter(Jitter::Decorrelated);
}

/// A call, and its generator.
struct Call<P> {
    retry: RetryState<P>,
    random: Xoshiro128PlusPlus,
}

impl<P: PolicyRef> Call<P> {
    #[inline(never)]
    fn delay(&mut self) -> Option<Duration> {
        let (elapsed, failure) = (Duration::ZERO, Failure::transient());
        match self
            .retry
            .on_failure(elapsed, failure, self.random.next_u32())
        {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
}

fn delays<P: PolicyRef + Copy>(n: u32, turns: u32, policy: P) {
    let mut call = Call {
        retry: RetryState::new(policy),
        random: Xoshiro128PlusPlus::seed_from_u64(7),
    };
    for _ in 0..n {
        call.retry.reset();
        for _ in 0..turns {
            black_box(call.delay());
        }
    }
}
