//! How closely a value must follow its specification.

use crate::date::{DateError, HttpDate};
use crate::field::{split, trim};

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

    /// Splits a list of numbers behind its first one. Anything else is one value.
    ///
    /// Leniently, because a proxy that makes one line `30, 60` of two lines makes a value that RFC 9110 does not have
    /// (section 5.3).
    #[inline]
    pub(crate) fn first_of_list(self, value: &[u8]) -> (&[u8], Option<&[u8]>) {
        if matches!(self, Self::Strict) {
            return (value, None);
        }
        match split(value, is_numeric) {
            (first, [b',', rest @ ..]) if split(rest, is_of_list).1.is_empty() => {
                (trim(first), Some(trim(rest)))
            }
            _ => (value, None),
        }
    }

    /// Returns whether a text has the form of a date for a device with a clock.
    #[inline]
    pub(crate) fn has_form_of_date(self, text: &[u8]) -> bool {
        self.date(text, Some(HttpDate::from_unix(0))) != Err(DateError::Form)
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "what `split` asks for, like the functions of `u8`"
)]
fn is_of_list(byte: &u8) -> bool {
    is_numeric(byte) || *byte == b','
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "what `split` asks for, like the functions of `u8`"
)]
fn is_numeric(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'-' | b' ' | b'\t')
}
