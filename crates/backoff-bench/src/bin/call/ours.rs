//! Calls by these crates.

use backoff_driver::{Attempts, ThreadRandom};

use crate::POLICY;
use crate::operation::{Operation, Plain, drive, random, rounds};

pub fn driver_loop(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = Attempts::new(&POLICY, Plain, random());
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

pub fn driver_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff_driver::retry(&POLICY, Plain, random(), || {
            operation.send()
        }))
    });
}

pub fn driver_future_thread(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff_driver::retry(&POLICY, Plain, ThreadRandom, || {
            operation.send()
        }))
    });
}

pub fn tokio_loop(n: u32, turns: u32) {
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

pub fn tokio_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { backoff_tokio::retry(&POLICY, || operation.send()).await })
    });
}

pub fn std_retry(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        backoff_std::retry(&POLICY, || operation.call())
    });
}
