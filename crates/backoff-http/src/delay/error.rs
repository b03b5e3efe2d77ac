//! Why a delay was not understood.

use core::fmt;

use crate::date::DateError;

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
    /// It is a date, or in the form of one whose year has two digits, and neither the caller nor the response says
    /// what time it is.
    NoClock,
    /// It is no moment: where seconds since 1970 are expected, it lies before September 2001, 10^9 s, or after the
    /// year 5138, 10^11 s.
    NotAMoment,
    /// It is not a number of the kind that the field has.
    Number,
    /// The field comes in several lines that differ.
    Repeated,
    /// It is malformed as a structured field.
    Structure,
    /// It is longer than 10^9 s, 31 years, as is every moment that is mistaken for a delay.
    TooLong,
}

impl DelayError {
    /// The error in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date(error) => error.as_str(),
            Self::Empty => "empty",
            Self::NoClock => "a date where there is no clock",
            Self::NotAMoment => "not a moment in seconds since 1970",
            Self::Number => "not a number that it can have",
            Self::Repeated => "several lines that differ",
            Self::Structure => "not a list of limits",
            Self::TooLong => "too long for a delay",
        }
    }
}

impl fmt::Display for DelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for DelayError {}
