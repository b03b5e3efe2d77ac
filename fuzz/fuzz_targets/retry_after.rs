//! Any value of `Retry-After` against a slow reader; see `fuzz/checks/src/retry_after.rs`.
#![no_main]

use backoff_checks::{Check, retry_after::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
