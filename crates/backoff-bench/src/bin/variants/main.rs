//! What a call costs in other forms: attempts that are not interrupted, a policy in an `Arc`, a policy that the compiler
//! does not know.
//!
//! The calls are those of the program `call`, but in a program of their own: a function that two subjects share is compiled
//! into neither, and into each of them here as there.

use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::Policy;
use backoff_driver::{Attempts, retry};

#[path = "../call/operation.rs"]
mod operation;

use operation::{Idle, Operation, drive, random, rounds};

static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(20));

fn main() {
    ask(&[(FIRST, DRIVER), (FIRST, TOKIO), (THREE, DRIVER)]);
}

const FIRST: Measure = Measure {
    name: "first-try success in other forms",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Both,
};
const THREE: Measure = Measure {
    name: "three failures in other forms",
    less: (1_000, 3),
    more: (2_000, 3),
    per: 1_000,
    by: By::Both,
};

const DRIVER: &[Subject] = &[
    Subject::new(
        "backoff-driver loop, uninterrupted",
        driver_loop_uninterrupted,
    ),
    Subject::new(
        "backoff-driver future, uninterrupted",
        driver_future_uninterrupted,
    ),
    Subject::new("backoff-driver future, policy in an Arc", driver_future_arc),
    Subject::new(
        "backoff-driver future, policy known at run time",
        driver_future_dynamic,
    ),
];

const TOKIO: &[Subject] = &[
    Subject::new(
        "backoff-tokio loop, uninterrupted",
        tokio_loop_uninterrupted,
    ),
    Subject::new(
        "backoff-tokio future, uninterrupted",
        tokio_future_uninterrupted,
    ),
];

fn driver_loop_uninterrupted(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = Attempts::new(&POLICY, Idle(random()));
            loop {
                let outcome = operation.send().await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
            }
        })
    });
}

fn driver_future_uninterrupted(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(retry(&POLICY, Idle(random()), || operation.send()).uninterrupted())
    });
}

/// The policy is shared: a counter is counted up and down for each call.
fn driver_future_arc(n: u32, turns: u32) {
    static SHARED: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(POLICY));
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let policy = SHARED.clone();
        drive(retry(policy, Idle(random()), || operation.send()))
    });
}

/// The compiler does not know the policy.
fn driver_future_dynamic(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let policy = black_box(&POLICY);
        drive(retry(policy, Idle(random()), || operation.send()))
    });
}

fn tokio_loop_uninterrupted(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = backoff_tokio::attempts(&POLICY);
            loop {
                let outcome = operation.send().await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
            }
        })
    });
}

fn tokio_future_uninterrupted(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let call = backoff_tokio::retry(&POLICY, || operation.send());
            call.uninterrupted().await
        })
    });
}
