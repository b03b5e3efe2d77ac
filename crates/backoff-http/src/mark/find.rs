//! Finds the mark of an inner layer.

use core::error::Error;

#[cfg(feature = "std")]
use super::retries_exhausted::RetriesExhausted;
use super::retry_mark::RetryMark;
use crate::evidence::ErrorChain;

impl RetryMark {
    /// Finds the outermost mark in an error and its causes ([`ErrorChain`]).
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        ErrorChain::of(error).find_map(mark_of)
    }
}

fn mark_of(error: &(dyn Error + 'static)) -> Option<RetryMark> {
    #[cfg(feature = "std")]
    if let Some(error) = error.downcast_ref::<RetriesExhausted>() {
        return Some(error.mark());
    }
    error.downcast_ref().copied()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_does_not_hide_the_mark() {
        use std::io::{Error, ErrorKind};
        let mark = RetryMark::after(2);
        let errors = [
            Error::other(mark),
            Error::new(ErrorKind::ConnectionReset, mark),
            Error::other(Error::other(mark)),
            Error::other(RetriesExhausted::new(mark, "reset")),
            Error::other(RetriesExhausted::new(
                RetryMark::after(2),
                Error::other(RetryMark::after(9)),
            )),
        ];
        for error in errors {
            assert_eq!(RetryMark::find(&error), Some(mark), "{error:?}");
        }
        assert_eq!(RetryMark::find(&Error::other("reset")), None);
    }
}
