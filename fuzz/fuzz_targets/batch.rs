//! Items that are tried together, in rounds or a few at a time, against a model of each; see `fuzz/checks/src/batch.rs`.
#![no_main]

use backoff_checks::{Check, batch::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
