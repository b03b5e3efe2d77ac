//! The `Retry-After` field.

use core::time::Duration;

use super::error::DelayError;
use super::strictness::Strictness;
use crate::date::{DateError, HttpDate};
use crate::field::{self, Unit};

/// The value of a `Retry-After` field: a delay or a date (RFC 9110, section 10.2.3).
///
/// # Examples
///
/// ```
/// use backoff_http::{HttpDate, RetryAfter};
/// use core::time::Duration;
///
/// let now = HttpDate::from_unix(784_111_717);
/// for value in ["60", "Sun, 06 Nov 1994 08:49:37 GMT"] {
///     let retry_after = RetryAfter::parse(value.as_bytes(), now)?;
///     assert_eq!(retry_after.delay(now), Duration::from_secs(60));
/// }
/// # Ok::<(), backoff_http::DelayError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum RetryAfter {
    /// The client must wait until this moment.
    Date(HttpDate),
    /// The client must wait this long.
    Delay(Duration),
}

impl RetryAfter {
    /// Reads the value of a field strictly: whole seconds, or an HTTP-date.
    ///
    /// White space around the value is not part of it (RFC 9110, section 5.5). A number above [`u64::MAX`] counts as
    /// [`u64::MAX`] seconds. `now` completes the two digits of an RFC 850 year; see [`HttpDate::parse`].
    ///
    /// # Errors
    ///
    /// Returns a [`DelayError`] if the value is anything else. A sign, a fraction, a unit or a second number is an
    /// error: nothing is guessed.
    #[inline]
    pub fn parse(value: &[u8], now: HttpDate) -> Result<Self, DelayError> {
        Self::read(value, Strictness::Strict, false, now)
    }

    /// Reads the value of a field as servers send it in practice: fractions of seconds too, and dates by
    /// [`HttpDate::parse_lenient`]. Eight digits are a number of seconds, and not a date.
    ///
    /// # Errors
    ///
    /// Returns a [`DelayError`] if the value is neither a number nor a date.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{HttpDate, RetryAfter};
    /// use core::time::Duration;
    ///
    /// let now = HttpDate::from_unix(784_111_717);
    /// for (value, millis) in [("2.5", 2_500), ("Sun, 6 Nov 1994 08:49:37 UTC", 60_000)] {
    ///     let retry_after = RetryAfter::parse_lenient(value.as_bytes(), now)?;
    ///     assert_eq!(retry_after.delay(now), Duration::from_millis(millis));
    /// }
    /// # Ok::<(), backoff_http::DelayError>(())
    /// ```
    pub fn parse_lenient(value: &[u8], now: HttpDate) -> Result<Self, DelayError> {
        Self::read(value, Strictness::Lenient, true, now)
    }

    #[inline]
    fn read(
        value: &[u8],
        strictness: Strictness,
        fractions: bool,
        now: HttpDate,
    ) -> Result<Self, DelayError> {
        let value = field::trim(value);
        if let Some(seconds) = field::digits(value) {
            return Ok(Self::Delay(Duration::from_secs(seconds)));
        }
        Self::parse_other(value, strictness, fractions, Some(now))
    }

    /// Reads a value that is not a whole number of seconds. Without a clock (`now`), a year of two digits is not read.
    pub(crate) fn parse_other(
        value: &[u8],
        strictness: Strictness,
        fractions: bool,
        now: Option<HttpDate>,
    ) -> Result<Self, DelayError> {
        if value.is_empty() {
            return Err(DelayError::Empty);
        }
        if is_date(value, strictness) {
            return match strictness.date(value, now) {
                Ok(date) => Ok(Self::Date(date)),
                // A value that is a date for a device with a clock only has a year of two digits.
                Err(DateError::Form) if now.is_none() && strictness.has_form_of_date(value) => {
                    Err(DelayError::NoClock)
                }
                Err(error) => Err(DelayError::Date(error)),
            };
        }
        if !fractions {
            return Err(DelayError::Number); // the caller has tried whole numbers
        }
        field::time(value, Unit::Second, true)
            .map(Self::Delay)
            .ok_or(DelayError::Number)
    }

    /// Returns how long to wait from `now` on. The delay is zero if the moment has passed.
    #[must_use]
    pub const fn delay(self, now: HttpDate) -> Duration {
        match self {
            Self::Date(date) => date.since(now),
            Self::Delay(delay) => delay,
        }
    }
}

/// Returns whether a value can only be a date. Every date has a word or a time of day in it; leniently, one may be like
/// `1994-11-06`.
fn is_date(value: &[u8], strictness: Strictness) -> bool {
    let has_dash = || {
        let (_, dash) = field::split(value, |byte| *byte != b'-');
        !dash.is_empty() && dash.len() < value.len()
    };
    value
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || *byte == b':')
        || matches!(strictness, Strictness::Lenient) && has_dash()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

    #[test]
    fn a_number_is_seconds_and_anything_else_is_a_date_or_an_error() {
        let cases: [(&[u8], Result<u64, DelayError>); 25] = [
            (b"0", Ok(0)),
            (b"120", Ok(120)),
            (b"007", Ok(7)),
            (b"\t42 ", Ok(42)),
            (b"18446744073709551615", Ok(u64::MAX)),
            (b"18446744073709551616", Ok(u64::MAX)),
            (b"99999999999999999999999999999999999", Ok(u64::MAX)),
            (b"Fri, 29 Sep 2023 16:26:57 GMT", Ok(20)),
            (b" Fri, 29 Sep 2023 16:26:57 GMT\t", Ok(20)),
            (b"Friday, 29-Sep-23 16:26:57 GMT", Ok(20)),
            (b"Fri Sep 29 16:26:57 2023", Ok(20)),
            (b"Fri, 29 Sep 2023 16:26:37 GMT", Ok(0)),
            (b"Fri, 29 Sep 2023 16:26:07 GMT", Ok(0)),
            (b"", Err(DelayError::Empty)),
            (b" \t", Err(DelayError::Empty)),
            (b"-1", Err(DelayError::Number)),
            (b"+1", Err(DelayError::Number)),
            (b"1.0", Err(DelayError::Number)),
            (b"4 2", Err(DelayError::Number)),
            (b"42, 43", Err(DelayError::Number)),
            (b"0x10", Err(DelayError::Date(DateError::Form))),
            (b"\xd9\xa5", Err(DelayError::Number)),
            (
                b"2023-09-29T16:26:57Z",
                Err(DelayError::Date(DateError::Form)),
            ),
            (b"nan", Err(DelayError::Date(DateError::Form))),
            (
                b"Mon, 29 Sep 2023 16:26:57 GMT",
                Err(DelayError::Date(DateError::Weekday)),
            ),
        ];
        for (value, expected) in cases {
            let delay = RetryAfter::parse(value, NOW).map(|retry_after| retry_after.delay(NOW));
            assert_eq!(
                delay,
                expected.map(Duration::from_secs),
                "{}",
                value.escape_ascii()
            );
        }
    }

    #[test]
    fn leniently_a_date_needs_no_time_of_day() {
        let cases: [(&[u8], Result<u64, DelayError>); 6] = [
            (b"2023-09-30", Ok(27_203)),
            (b"2023-09-28", Ok(0)),
            (b"20230930", Ok(20_230_930)),
            (b"2023-273", Err(DelayError::Date(DateError::Form))),
            (b"1-2", Err(DelayError::Date(DateError::Form))),
            (b"-1", Err(DelayError::Number)),
        ];
        for (value, expected) in cases {
            let lenient = RetryAfter::parse_lenient(value, NOW);
            let delay = lenient.map(|retry_after| retry_after.delay(NOW).as_secs());
            assert_eq!(delay, expected, "{}", value.escape_ascii());
        }
    }
}
