//! Operations of several calls on any budget, each answer against a model; see `fuzz/checks/src/budget.rs`.
#![no_main]

use backoff_checks::{Check, budget::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
