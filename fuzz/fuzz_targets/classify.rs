//! Any outcome of any request under any rules, against the documented order; see `fuzz/checks/src/classify.rs`.
#![no_main]

use backoff_checks::{Check, classify::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
