//! How closely a value must follow its specification.

use crate::date::{DateError, HttpDate};
use crate::field::split;

/// How closely a value must follow its specification.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Strictness {
    /// Accepts fractions of seconds, and dates as servers write them in practice
    /// ([`HttpDate::parse_lenient`](crate::HttpDate::parse_lenient)).
    Lenient,
    /// Accepts whole seconds, and dates in one of the three forms of RFC 9110
    /// ([`HttpDate::parse`](crate::HttpDate::parse)).
    Strict,
}

// Inlined, so that firmware whose strictness is known to the compiler does not link the other reader, which takes
// 1.6 KB of flash.
impl Strictness {
    /// Reads a date. Without a clock (`now`), a year of two digits is not read.
    #[inline]
    pub(crate) fn date(self, text: &[u8], now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        match self {
            Self::Lenient => HttpDate::parse_lenient_at(text, now),
            Self::Strict => HttpDate::parse_at(text, now),
        }
    }

    /// Returns whether a value is a number, or a list of them.
    ///
    /// Leniently, because a proxy that makes one line `30, 60` of two lines makes a value that RFC 9110 does not have
    /// (section 5.3).
    #[inline]
    pub(crate) fn is_list(self, value: &[u8]) -> bool {
        matches!(self, Self::Lenient)
            && split(value, |byte| {
                matches!(byte, b'0'..=b'9' | b'.' | b'-' | b',' | b' ' | b'\t')
            })
            .1
            .is_empty()
    }

    /// Returns whether a text has the form of a date for a device with a clock.
    #[inline]
    pub(crate) fn has_form_of_date(self, text: &[u8]) -> bool {
        self.date(text, Some(HttpDate::from_unix(0))) != Err(DateError::Form)
    }
}
