//! The default classifier.

use super::classify::Classify;
use crate::failure::Failure;

/// The default classifier: every `Err` is a transient failure.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Classify, EveryError, Failure};
/// assert_eq!(EveryError.classify(&Err::<(), _>("reset")), Some(Failure::transient()));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct EveryError;

impl<T, E> Classify<Result<T, E>> for EveryError {
    #[inline]
    fn classify(&self, outcome: &Result<T, E>) -> Option<Failure> {
        if outcome.is_err() {
            Some(Failure::transient())
        } else {
            None
        }
    }
}

/// The outcome of nothing. With a second implementation of [`EveryError`], a compiler that meets an outcome which is no
/// `Result` says what is missing. With one it expects a `Result`, for want of an alternative.
enum NoOutcome {}

#[diagnostic::do_not_recommend]
impl Classify<NoOutcome> for EveryError {
    fn classify(&self, outcome: &NoOutcome) -> Option<Failure> {
        match *outcome {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<u32, &'static str>;

    #[test]
    fn every_error_is_transient_by_default() {
        assert_eq!(
            EveryError.classify(&Outcome::Err("reset")),
            Some(Failure::transient())
        );
        assert_eq!(EveryError.classify(&Outcome::Ok(1)), None);
    }
}
