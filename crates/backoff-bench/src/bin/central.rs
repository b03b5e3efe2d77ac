//! Ten central operations, whose instructions the gate counts: `scripts/instructions`.
//!
//! Each is one function here, so that what one of them costs does not depend on the others. Without the feature `peers`
//! this builds in seconds.

use std::hint::black_box;
use std::time::Duration;

use backoff_bench::{By, Measure, Reset, Subject, ask};
use backoff_core::{Decision, Failure, Jitter, Percent, Policy, PolicyRef, RetryState};
use backoff_driver::{Attempts, retry};
use backoff_http::{HttpDate, Method, RequestInfo, Rules};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

#[path = "call/operation.rs"]
mod operation;

use operation::{Idle, Operation, drive, random, rounds};

fn main() {
    ask(&[
        (DELAY, DELAYS),
        (FIRST, FIRST_TRIES),
        (THREE, FAILING),
        (READ, READS),
    ]);
}

const DELAY: Measure = Measure {
    name: "one delay",
    less: (1_000, 0),
    more: (1_000, 8),
    per: 8_000,
    by: By::Instructions,
};
const FIRST: Measure = Measure {
    name: "first-try success",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Instructions,
};
const THREE: Measure = Measure {
    name: "three failures",
    less: (1_000, 3),
    more: (2_000, 3),
    per: 1_000,
    by: By::Instructions,
};
const READ: Measure = Measure {
    name: "read",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Instructions,
};

const DELAYS: &[Subject] = &[
    Subject::new("full jitter, constant policy", |n, turns| {
        delays(n, turns, Constant);
    }),
    Subject::new("full jitter", |n, turns| {
        delays(n, turns, black_box(&ENDLESS));
    }),
    Subject::new("proportional jitter", |n, turns| {
        const PROPORTIONAL: Jitter = Jitter::Proportional(Percent::new(20));
        delays(n, turns, Opaque(ENDLESS.with_jitter(PROPORTIONAL)));
    }),
    Subject::new("ratio 3:2", |n, turns| {
        delays(n, turns, Opaque(ENDLESS.with_ratio(3, 2)));
    }),
];

const FIRST_TRIES: &[Subject] = &[
    Subject::new("driver's loop", driver_loop),
    Subject::new("driver's future", driver_future),
    Subject::new("tokio's future", tokio_future),
    Subject::new("tokio's future, no limits", tokio_future_without_limits),
];

const FAILING: &[Subject] = &[Subject::new("driver's future, failing", driver_future)];

const READS: &[Subject] = &[Subject::new("a 503 with a Retry-After", classify)];

static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(20));

static ENDLESS: Policy = POLICY.retry_forever();

/// The policy as the compiler knows it.
#[derive(Clone, Copy)]
struct Constant;

impl PolicyRef for Constant {
    type Schedule = backoff_core::Exponential;

    #[inline]
    fn policy(&self) -> &Policy {
        &ENDLESS
    }
}

/// A policy of its own, which the compiler does not know.
#[derive(Clone, Copy)]
struct Opaque(Policy);

impl PolicyRef for Opaque {
    type Schedule = backoff_core::Exponential;

    #[inline]
    fn policy(&self) -> &Policy {
        &self.0
    }
}

struct Call<P> {
    retry: RetryState<P>,
    random: Xoshiro128PlusPlus,
}

impl<P: PolicyRef> Call<P> {
    #[inline(never)]
    fn delay(&mut self) -> Option<Duration> {
        let random = self.random.next_u32();
        match self
            .retry
            .on_failure(Duration::ZERO, Failure::transient(), random)
        {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
}

fn delays<P: PolicyRef>(n: u32, turns: u32, policy: P) {
    let mut call = Call {
        retry: RetryState::new(policy),
        random: Xoshiro128PlusPlus::seed_from_u64(7),
    };
    for _ in 0..n {
        call.retry.reset();
        black_box(&mut call);
        for _ in 0..turns {
            black_box(call.delay());
        }
    }
}

fn driver_loop(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = Attempts::new(&POLICY, Idle(random()));
            loop {
                let outcome = attempts.limit(operation.send()).await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
            }
        })
    });
}

fn driver_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(retry(&POLICY, Idle(random()), || operation.send()))
    });
}

fn tokio_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff_tokio::retry(&POLICY, || operation.send()))
    });
}

fn tokio_future_without_limits(n: u32, turns: u32) {
    static OPEN: Policy = POLICY.without_deadline();
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        // The classifier makes it a type of its own, which shares no code with the others.
        let call = backoff_tokio::retry(&OPEN, || operation.send());
        drive(call.when(|_: &Reset| Failure::transient()))
    });
}

fn classify(n: u32, _: u32) {
    const NOW: HttpDate = HttpDate::from_unix(784_111_717);
    const HEADERS: [(&str, &str); 6] = [
        ("date", "Sun, 06 Nov 1994 08:48:37 GMT"),
        ("content-type", "text/html; charset=utf-8"),
        ("content-length", "162"),
        ("server", "nginx"),
        ("connection", "keep-alive"),
        ("retry-after", "120"),
    ];
    for _ in 0..n {
        let request = RequestInfo::new(black_box(Method::Get));
        let rules = Rules::DEFAULT;
        black_box(rules.classify_response(request, black_box(503), &HEADERS, NOW));
    }
}
