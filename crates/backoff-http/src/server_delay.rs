//! How long a server asks its clients to wait.

use core::fmt;

use crate::http_date::DateError;

/// Why a value that should be a delay was not understood.
///
/// # Examples
///
/// ```
/// # use backoff_http::{DelayError, HttpDate, RetryAfter};
/// let now = HttpDate::from_unix(0);
/// assert_eq!(RetryAfter::parse(b"-1", now), Err(DelayError::Number));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DelayError {
    /// It begins like a date and is none.
    Date(DateError),
    /// There is nothing in it.
    Empty,
    /// It is not a number of the kind that the field has.
    Number,
}

impl DelayError {
    /// The error in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date(error) => error.as_str(),
            Self::Empty => "empty",
            Self::Number => "not a number that it can have",
        }
    }
}

impl fmt::Display for DelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for DelayError {}
