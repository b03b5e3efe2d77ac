//! Any header section under any rules, against a slow reader; see `fuzz/checks/src/headers.rs`.
#![no_main]

use backoff_checks::{Check, headers::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
