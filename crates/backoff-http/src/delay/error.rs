//! Why a delay was ignored.

use core::fmt;

use crate::date::DateError;

/// Why a value is not a delay.
///
/// # Examples
///
/// ```
/// use backoff_http::{DelayError, HttpDate, RetryAfter};
///
/// let now = HttpDate::from_unix(0);
/// assert_eq!(RetryAfter::parse(b"-1", now), Err(DelayError::Number));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DelayError {
    /// The value starts like a date but is not a valid one.
    Date(DateError),
    /// The value is empty.
    Empty,
    /// The value is a date, or has the form of one with a year of two digits, but neither the caller nor the
    /// response tells the time.
    NoClock,
    /// The value is not a believable moment: as seconds since 1970, it lies before September 2001 (10^9 s).
    NotAMoment,
    /// The value is not a number, or not one that the field can have.
    Number,
    /// A field that must have one line has several, or several that differ.
    Repeated,
    /// The value is malformed as a structured field (RFC 9651).
    Structure,
}

impl DelayError {
    /// Returns the error in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date(error) => error.as_str(),
            Self::Empty => "empty",
            Self::NoClock => "a date where there is no clock",
            Self::NotAMoment => "not a moment in seconds since 1970",
            Self::Number => "invalid number",
            Self::Repeated => "several lines that differ",
            Self::Structure => "not a list of limits",
        }
    }
}

impl fmt::Display for DelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for DelayError {}
