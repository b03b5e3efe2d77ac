//! Any schedule, jitter, maximum, retry and random word against exact arithmetic; see `proof/src/delay.rs`.
#![no_main]

use backoff_proof::{Check, delay::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
