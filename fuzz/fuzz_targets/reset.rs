//! Any value of a field that a user names, against slow readers; see `fuzz/checks/src/reset.rs`.
#![no_main]

use backoff_checks::{Check, reset::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
