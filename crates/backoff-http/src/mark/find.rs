//! How a layer finds the mark of a layer within.

use core::error::Error;

#[cfg(feature = "std")]
use super::retries_exhausted::RetriesExhausted;
use super::retry_mark::RetryMark;
use crate::evidence::source;

impl RetryMark {
    /// Looks for the mark in an error and in its sources, with `std` also in what an `io::Error` was made of.
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(mark) = error.downcast_ref() {
                return Some(*mark);
            }
            #[cfg(feature = "std")]
            if let Some(error) = error.downcast_ref::<RetriesExhausted>() {
                return Some(error.mark());
            }
            next = source(error);
        }
        None
    }
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
