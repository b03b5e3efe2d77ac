//! Why a text is not a date.

use core::fmt;

/// Why a text is not a date.
///
/// # Examples
///
/// ```
/// use backoff_http::{DateError, HttpDate};
///
/// let now = HttpDate::from_unix(0);
/// let error = HttpDate::parse(b"Sat, 29 Feb 2025 00:00:00 GMT", now).unwrap_err();
/// assert_eq!(error, DateError::Calendar);
/// assert_eq!(error.to_string(), "the calendar has no such day or time");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DateError {
    /// The calendar has no such day, or the day has no such time.
    Calendar,
    /// The text has none of the known forms.
    Form,
    /// The date falls on another day of the week.
    Weekday,
}

impl DateError {
    /// Returns the error in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "the calendar has no such day or time",
            Self::Form => "not in a form of an HTTP-date",
            Self::Weekday => "the date is another day of the week",
        }
    }
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for DateError {}
