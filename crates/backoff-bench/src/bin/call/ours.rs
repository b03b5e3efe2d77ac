//! Calls by these crates.

use backoff_driver::{Attempts, ThreadRandom, retry};

use crate::POLICY;
use crate::operation::{Idle, Operation, drive, random, rounds};

pub fn driver_loop(n: u32, turns: u32) {
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

pub fn driver_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(retry(&POLICY, Idle(random()), || operation.send()))
    });
}

pub fn driver_future_thread(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(retry(&POLICY, Idle(ThreadRandom), || operation.send()))
    });
}

pub fn tokio_loop(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = backoff_tokio::attempts(&POLICY);
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

pub fn tokio_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { backoff_tokio::retry(&POLICY, || operation.send()).await })
    });
}

#[allow(
    clippy::needless_borrows_for_generic_args,
    reason = "a copy of the policy would be measured too"
)]
pub fn std_retry(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        backoff_std::retry(&POLICY, || operation.call())
    });
}
