//! The checks of every fuzz target on random inputs, which are shrunk where one fails.

use core::fmt::Debug;

use arbitrary::Unstructured;
use backoff_checks::{
    Check, batch, body, budget, classify, delay, forms, headers, http_date, progress, reset,
    retry_after, retry_state, saved_call,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

/// Fails where a case does not hold that is made of such bytes, and shrinks it.
fn holds<C: Check + Debug>(cases: u32, bytes: impl Strategy<Value = Vec<u8>>) {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(if cfg!(miri) { 4 } else { cases })
    };
    let case = bytes.prop_map(|bytes| C::arbitrary_take_rest(Unstructured::new(&bytes)).ok());
    let check = |case: Option<C>| {
        case.iter().for_each(Check::check);
        Ok(())
    };
    if let Err(error) = TestRunner::new(config).run(&case, check) {
        panic!("{error}");
    }
}

/// Bytes enough for a policy and a call of some attempts.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..600)
}

/// Bytes for the settings, and then words that a header section is made of.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let words = vec(select(words()), 0..12).prop_map(|words| words.concat());
    (vec(any::<u8>(), 0..40), words).prop_map(|(settings, text)| [settings, text].concat())
}

/// The dictionary of the fuzzers.
fn words() -> Vec<Vec<u8>> {
    let lines = include_str!("../../http.dict").lines();
    let quoted = lines.filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    let plain = quoted.map(|word| word.replace("\\x0a", "\n").replace("\\x09", "\t"));
    plain
        .map(|word| {
            word.replace("\\\"", "\"")
                .replace("\\\\", "\\")
                .into_bytes()
        })
        .collect()
}

#[test]
fn every_delay_is_the_exact_one_from_inside_its_window() {
    holds::<delay::Case>(3_000, bytes());
}

#[test]
fn every_decision_follows_the_rules() {
    holds::<retry_state::Case>(2_000, bytes());
}

#[test]
fn saved_progress_is_read_or_rejected() {
    holds::<progress::Case>(5_000, bytes());
}

#[test]
fn saved_calls_are_read_or_rejected() {
    holds::<saved_call::Case>(5_000, bytes());
}

#[test]
fn every_date_is_read_as_it_was_written() {
    holds::<http_date::Case>(5_000, text());
}

#[test]
fn every_retry_after_is_read_as_the_slow_reader_does() {
    holds::<retry_after::Case>(5_000, text());
}

#[test]
fn every_header_section_asks_for_what_the_table_says() {
    holds::<headers::Case>(5_000, text());
}

#[test]
fn every_field_of_a_user_is_read_as_the_slow_readers_do() {
    holds::<reset::Case>(10_000, bytes());
    holds::<reset::Case>(5_000, text());
}

#[test]
fn every_body_is_read_as_another_reader_of_json_does() {
    holds::<body::Case>(5_000, bytes());
    holds::<body::Case>(5_000, text());
}

#[test]
fn every_outcome_is_judged_in_the_documented_order() {
    holds::<classify::Case>(5_000, text());
}

#[test]
fn every_budget_answers_as_its_model() {
    holds::<budget::Case>(3_000, bytes());
}

#[test]
fn every_form_of_a_call_does_the_same() {
    holds::<forms::Case>(2_000, bytes());
}

#[test]
fn every_item_of_a_batch_is_tried_when_it_is_due() {
    holds::<batch::Case>(3_000, bytes());
}
