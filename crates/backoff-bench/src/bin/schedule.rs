//! What one delay costs under each schedule and each jitter, at the first retries and at the millionth.
//!
//! The policy is a constant, and the generator Xoshiro128++; the asking is not inlined.

use std::hint::black_box;
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::{
    Constant, Decision, Failure, Fibonacci, Jitter, Linear, Percent, Policy, Progress, Schedule,
    Steps,
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

const SUBJECTS: &[Subject] = &[
    Subject::new("constant, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&CONSTANT));
    }),
    Subject::new("linear, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&LINEAR));
    }),
    Subject::new("Fibonacci, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&FIBONACCI));
    }),
    Subject::new("a table, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&STEPS));
    }),
    Subject::new("doubling, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&DOUBLING));
    }),
    Subject::new("ratio 3:2, full jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&RATIO));
    }),
    Subject::new("doubling, no jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&NONE));
    }),
    Subject::new("doubling, equal jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&EQUAL));
    }),
    Subject::new("doubling, additive jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&ADDITIVE));
    }),
    Subject::new("doubling, proportional jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&PROPORTIONAL));
    }),
    Subject::new("decorrelated jitter", |n, turns| {
        delays(n, turns, |call| call.delay(&DECORRELATED));
    }),
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
    policy.retry_forever()
}

/// A call, and its generator.
struct Call {
    progress: Progress,
    random: Xoshiro128PlusPlus,
}

impl Call {
    // Compiled into each subject, so that its constant policy is folded into the code, as where it is used once.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn delay<S: Schedule>(&mut self, policy: &Policy<S>) -> Option<Duration> {
        let (elapsed, failure) = (Duration::ZERO, Failure::transient());
        let mut retry = policy.resume(self.progress);
        let decision = retry.on_failure(elapsed, failure, self.random.next_u32());
        self.progress = retry.progress();
        match decision {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
}

/// `delay` is a pointer to a function, which nothing is compiled into.
fn delays(n: u32, turns: u32, delay: fn(&mut Call) -> Option<Duration>) {
    let mut call = Call {
        progress: Progress::START,
        random: Xoshiro128PlusPlus::seed_from_u64(7),
    };
    for _ in 0..n {
        call.progress = Progress::START;
        for _ in 0..turns {
            black_box(black_box(delay)(&mut call));
        }
    }
}
