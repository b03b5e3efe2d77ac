//! Any text as a date against `httpdate`, and dates as servers write them; see `fuzz/checks/src/http_date.rs`.
#![no_main]

use backoff_checks::{Check, http_date::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
