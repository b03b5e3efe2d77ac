//! Any body against `serde_json`; see `fuzz/checks/src/body.rs`.
#![no_main]

use backoff_checks::{Check, body::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
