//! An error with the mark of the layer that gave it up, with `std`.

use core::error::Error;
use core::fmt;
use std::boxed::Box;

use super::retry_mark::RetryMark;

/// An error with the [mark](RetryMark) of the layer that gave it up.
///
/// For layers whose callers take any error. The error within is the [source](Error::source).
///
/// # Examples
///
/// ```
/// use backoff_http::{RetriesExhausted, RetryMark};
/// use std::error::Error;
/// use std::io;
///
/// let error = RetriesExhausted::new(RetryMark::after(3), io::Error::from(io::ErrorKind::ConnectionReset));
/// assert_eq!(error.to_string(), "given up after 3 attempts");
/// assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
/// assert_eq!(RetryMark::find(&error), Some(RetryMark::after(3)));
/// ```
#[derive(Debug)]
pub struct RetriesExhausted {
    mark: RetryMark,
    error: Box<dyn Error + Send + Sync>,
}

impl RetriesExhausted {
    /// Marks an error.
    #[must_use]
    pub fn new(mark: RetryMark, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self { mark, error }
    }

    /// The mark.
    #[must_use]
    pub const fn mark(&self) -> RetryMark {
        self.mark
    }

    /// The error as it was.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.error
    }
}

impl fmt::Display for RetriesExhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mark.fmt(f)
    }
}

impl Error for RetriesExhausted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn it_speaks_as_its_mark_and_has_the_error_for_its_source() {
        let mark = RetryMark::after(3);
        let error = RetriesExhausted::new(mark, "reset");
        assert_eq!((error.mark(), error.to_string()), (mark, mark.to_string()));
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("reset")
        );
        assert_eq!(error.into_inner().to_string(), "reset");
    }
}
