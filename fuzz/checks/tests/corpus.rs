//! What the fuzzers found worth keeping, replayed.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use backoff_checks::{
    Check, batch, body, budget, check_bytes, classify, delay, headers, http_date, progress, reset,
    retry_after, retry_state,
};

fn replay<C: Check>(target: &str) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(&corpus)
        .unwrap_or_else(|error| panic!("{}: {error}", corpus.display()))
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no seeds in {}", corpus.display());
    // Miri is some hundred times slower; every eighth file has all kinds of settings in it.
    for file in files.iter().step_by(if cfg!(miri) { 8 } else { 1 }) {
        let bytes = fs::read(file).expect("readable");
        let failed = catch_unwind(|| check_bytes::<C>(&bytes)).is_err();
        assert!(!failed, "{}", file.display());
    }
}

#[test]
fn batch() {
    replay::<batch::Case>("batch");
}

#[test]
fn body() {
    replay::<body::Case>("body");
}

#[test]
fn budget() {
    replay::<budget::Case>("budget");
}

#[test]
fn classify() {
    replay::<classify::Case>("classify");
}

#[test]
fn delay() {
    replay::<delay::Case>("delay");
}

#[test]
fn headers() {
    replay::<headers::Case>("headers");
}

#[test]
fn http_date() {
    replay::<http_date::Case>("http_date");
}

#[test]
fn progress() {
    replay::<progress::Case>("progress");
}

#[test]
fn reset() {
    replay::<reset::Case>("reset");
}

#[test]
fn retry_after() {
    replay::<retry_after::Case>("retry_after");
}

#[test]
fn retry_state() {
    replay::<retry_state::Case>("retry_state");
}
