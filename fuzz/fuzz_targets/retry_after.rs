//! Any value of `Retry-After` against a slow reader; see `proof/src/retry_after.rs`.
#![no_main]

use backoff_proof::{Check, retry_after::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
