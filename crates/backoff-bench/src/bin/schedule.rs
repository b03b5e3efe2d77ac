//! What one delay costs under each schedule and each jitter, at the first retries and at the millionth.
//!
//! The policy is a constant, and the generator Xoshiro128++; the asking is not inlined.

use std::time::Duration;

use backoff_bench::{Measure, Subject, ask};
use backoff_core::{
    Constant, Decision, Exponential, Failure, Fibonacci, Jitter, Linear, Percent, Policy, Progress,
    Schedule, Steps,
};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

fn main() {
    ask(&[(EARLY, SUBJECTS), (LATE, SUBJECTS)]);
}

const EARLY: Measure = Measure {
    name: "delays 1 to 8",
    less: (1_000, 0),
    more: (1_000, 8),
    per: 8_000,
    counted: true,
};
const LATE: Measure = Measure {
    name: "delay 1,000,000",
    less: (1, 1_000_000),
    more: (1, 1_001_000),
    per: 1_000,
    counted: true,
};

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

const SUBJECTS: &[Subject] = &[
    Subject::new("constant, full jitter", |n, turns| delays(n, turns, &CONSTANT)),
    Subject::new("linear, full jitter", |n, turns| delays(n, turns, &LINEAR)),
    Subject::new("Fibonacci, full jitter", |n, turns| delays(n, turns, &FIBONACCI)),
    Subject::new("a table, full jitter", |n, turns| delays(n, turns, &STEPS)),
    Subject::new("doubling, full jitter", |n, turns| delays(n, turns, &DOUBLING)),
    Subject::new("ratio 3:2, full jitter", |n, turns| delays(n, turns, &RATIO)),
    Subject::new("doubling, no jitter", |n, turns| delays(n, turns, &NONE)),
    Subject::new("doubling, equal jitter", |n, turns| delays(n, turns, &EQUAL)),
    Subject::new("doubling, additive jitter", |n, turns| delays(n, turns, &ADDITIVE)),
    Subject::new("doubling, proportional jitter", |n, turns| delays(n, turns, &PROPORTIONAL)),
    Subject::new("decorrelated jitter", |n, turns| delays(n, turns, &DECORRELATED)),
];

static CONSTANT: Policy<Constant> = endless(Policy::constant(BASE));
static LINEAR: Policy<Linear> = endless(Policy::linear(BASE, BASE, MAX));
static FIBONACCI: Policy<Fibonacci> = endless(Policy::fibonacci(BASE, MAX));
static STEPS: Policy<Steps<'static>> = endless(Policy::steps(&[BASE, MAX]));
static DOUBLING: Policy = endless(Policy::exponential(BASE, MAX));
static RATIO: Policy = endless(Policy::exponential(BASE, MAX).with_ratio(3, 2));
static NONE: Policy = DOUBLING.with_jitter(Jitter::None);
static EQUAL: Policy = DOUBLING.with_jitter(Jitter::Equal);
static ADDITIVE: Policy = DOUBLING.with_jitter(Jitter::Additive(BASE));
static PROPORTIONAL: Policy = DOUBLING.with_jitter(Jitter::Proportional(Percent::new(20)));
static DECORRELATED: Policy = DOUBLING.with_jitter(Jitter::Decorrelated);

const fn endless<S: Copy>(policy: Policy<S>) -> Policy<S> {
    policy.retry_forever().without_deadline()
}

#[inline]
fn delays<S: Schedule>(n: u32, turns: u32, policy: &'static Policy<S>) {
    #[inline(never)]
    fn delay<S: Schedule>(
        policy: &Policy<S>,
        progress: &mut Progress,
        random: &mut Xoshiro128PlusPlus,
    ) -> Option<Duration> {
        let mut retry = policy.resume(*progress);
        let decision = retry.on_failure(Duration::ZERO, Failure::transient(), random.next_u32());
        *progress = retry.progress();
        match decision {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
    let mut random = Xoshiro128PlusPlus::seed_from_u64(7);
    for _ in 0..n {
        let mut progress = Progress::START;
        for _ in 0..turns {
            std::hint::black_box(delay(policy, &mut progress, &mut random));
        }
    }
}
