//! Any text as a date against `httpdate`, and dates as servers write them; see `proof/src/http_date.rs`.
#![no_main]

use backoff_proof::{Check, http_date::Case};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| case.check());
