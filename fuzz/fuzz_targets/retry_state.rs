//! Operations replayed into a call, each decision against the rules; see `fuzz/checks/src/retry_state.rs`.
#![no_main]

use backoff_checks::{Check, retry_state::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
