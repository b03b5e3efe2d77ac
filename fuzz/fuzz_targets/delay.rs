//! Any schedule, jitter, maximum, retry and random word against exact arithmetic; see `fuzz/checks/src/delay.rs`.
#![no_main]

use backoff_checks::{Check, delay::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
