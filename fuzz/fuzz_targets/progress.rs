//! Arbitrary bytes as saved progress; see `fuzz/checks/src/progress.rs`.
#![no_main]

use backoff_checks::{Check, progress::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
