//! What must hold for every input, once for the fuzz targets, the property tests, the exhaustive tests and the
//! replayed corpus.
//!
//! Each module has a `Case`, made of arbitrary bytes, that checks itself against something slow and clear:
//! [`exact`] arithmetic, or a model written from the rules. `docs/VERIFICATION.md` says what is claimed, and which command
//! checks it.

pub mod batch;
pub mod body;
pub mod budget;
pub mod classify;
pub mod delay;
pub mod exact;
pub mod forms;
pub mod headers;
pub mod http_date;
pub mod input;
pub mod progress;
pub mod reset;
pub mod retry_after;
pub mod retry_state;
pub mod saved_call;

use arbitrary::{Arbitrary, Unstructured};

/// An input that checks itself.
pub trait Check: for<'a> Arbitrary<'a> {
    /// Fails where a claim does not hold for this input.
    ///
    /// # Panics
    ///
    /// That is how it fails.
    fn check(&self);
}

/// Checks the case that these bytes stand for; bytes that stand for none are skipped, as a fuzzer does.
///
/// # Panics
///
/// As [`Check::check`].
pub fn check_bytes<C: Check>(bytes: &[u8]) {
    if let Ok(case) = C::arbitrary_take_rest(Unstructured::new(bytes)) {
        case.check();
    }
}
