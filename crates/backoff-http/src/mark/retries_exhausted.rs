//! The error of a call that exhausted its retries.

use core::error::Error;
use core::fmt;
use std::boxed::Box;

use super::retry_mark::RetryMark;

/// The error of a call that exhausted its retries: the last error, with the [mark](RetryMark) of the layer.
///
/// Its text says how many attempts were made. Its [`source`](Error::source) is the last error, as the operation
/// produced it. Use it in a layer whose callers accept any error.
///
/// # Examples
///
/// ```
/// use backoff_http::{RetriesExhausted, RetryMark};
/// use std::error::Error;
/// use std::io;
///
/// let error = RetriesExhausted::new(RetryMark::after(3), io::Error::from(io::ErrorKind::ConnectionReset));
/// assert_eq!(error.to_string(), "the call exhausted its retries after 3 attempts");
/// assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
/// assert_eq!(RetryMark::find(&error), Some(RetryMark::after(3)));
/// ```
#[derive(Debug)]
pub struct RetriesExhausted {
    mark: RetryMark,
    error: Box<dyn Error + Send + Sync>,
}

impl RetriesExhausted {
    /// Adds the mark of a layer to the last error of a call.
    #[must_use]
    pub fn new(mark: RetryMark, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self { mark, error }
    }

    /// Returns the mark.
    #[must_use]
    pub const fn mark(&self) -> RetryMark {
        self.mark
    }

    /// Returns the last error, as the operation produced it.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.error
    }
}

impl fmt::Display for RetriesExhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempts = self.mark.attempts();
        let s = if attempts == 1 { "" } else { "s" };
        write!(
            f,
            "the call exhausted its retries after {attempts} attempt{s}"
        )
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
    fn it_says_how_many_attempts_were_made_and_its_source_is_the_last_error() {
        let cases = [
            (1, "the call exhausted its retries after 1 attempt"),
            (3, "the call exhausted its retries after 3 attempts"),
        ];
        for (attempts, text) in cases {
            let error = RetriesExhausted::new(RetryMark::after(attempts), "reset");
            assert_eq!(error.to_string(), text);
        }
        let mark = RetryMark::after(3);
        let error = RetriesExhausted::new(mark, "reset");
        assert_eq!(error.mark(), mark);
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("reset")
        );
        assert_eq!(error.into_inner().to_string(), "reset");
    }
}
