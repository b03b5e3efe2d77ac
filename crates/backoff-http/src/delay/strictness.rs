//! How closely a value has to keep to its specification.

use crate::date::{DateError, HttpDate};

/// How closely a value has to keep to its specification.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Strictness {
    /// Fractions of seconds, and dates as servers really write them
    /// ([`HttpDate::parse_lenient`](crate::HttpDate::parse_lenient)).
    Lenient,
    /// Whole seconds, and the three forms of RFC 9110
    /// ([`HttpDate::parse`](crate::HttpDate::parse)).
    Strict,
}

// Inlined, so that a profile which is known to the compiler links no reader of the other: 3.8 KB in firmware, by
// `scripts/size-gate`.
impl Strictness {
    /// Reads a date where there may be no clock, and so no year of two digits.
    #[inline]
    pub(crate) fn date(self, text: &[u8], now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        match self {
            Self::Lenient => HttpDate::parse_lenient_at(text, now),
            Self::Strict => HttpDate::parse_at(text, now),
        }
    }

    /// Whether a text is in the form of a date, given a clock.
    #[inline]
    pub(crate) fn is_dated(self, text: &[u8]) -> bool {
        self.date(text, Some(HttpDate::from_unix(0))) != Err(DateError::Form)
    }
}
