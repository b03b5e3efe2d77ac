//! Operations replayed into a call, each decision against the rules; see `proof/src/retry_state.rs`.
#![no_main]

use backoff_proof::{Check, retry_state::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
