//! The checks of every fuzz target on random inputs, which are shrunk where one fails.

use core::fmt::Debug;

use arbitrary::Unstructured;
use backoff_proof::{Check, delay, progress, retry_state};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Bytes enough for a policy and a call of some attempts.
const LENGTH: usize = 600;

fn holds<C: Check + Debug>(cases: u32) {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(if cfg!(miri) { 4 } else { cases })
    };
    let case = vec(any::<u8>(), 0..LENGTH)
        .prop_map(|bytes| C::arbitrary_take_rest(Unstructured::new(&bytes)).ok());
    let check = |case: Option<C>| {
        case.iter().for_each(Check::check);
        Ok(())
    };
    if let Err(error) = TestRunner::new(config).run(&case, check) {
        panic!("{error}");
    }
}

#[test]
fn every_delay_is_the_exact_one_from_inside_its_window() {
    holds::<delay::Case>(3_000);
}

#[test]
fn every_decision_follows_the_rules() {
    holds::<retry_state::Case>(2_000);
}

#[test]
fn saved_progress_is_read_or_rejected() {
    holds::<progress::Case>(5_000);
}
