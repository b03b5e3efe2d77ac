//! Arbitrary bytes as saved progress; see `proof/src/progress.rs`.
#![no_main]

use backoff_proof::{Check, progress::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
