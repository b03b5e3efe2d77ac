//! Dates as HTTP writes them.

use core::fmt;
use core::time::Duration;

use crate::date_form::{asctime, imf_fixdate, rfc_850};

/// A moment in whole seconds since 1970-01-01T00:00:00Z, as an HTTP-date names it.
///
/// # Examples
///
/// ```
/// # use backoff_http::HttpDate;
/// # use core::time::Duration;
/// let now = HttpDate::from_unix(784_111_775);
/// for text in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",
///     "Sunday, 06-Nov-94 08:49:37 GMT",
///     "Sun Nov  6 08:49:37 1994",
/// ] {
///     let date = HttpDate::parse(text.as_bytes(), now)?;
///     assert_eq!(date.unix(), 784_111_777);
///     assert_eq!(date.since(now), Duration::from_secs(2));
/// }
/// # Ok::<(), backoff_http::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct HttpDate(i64);

impl HttpDate {
    /// The moment this many seconds after 1970-01-01T00:00:00Z, before it if negative.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The time from `earlier` to this moment, zero if that is not earlier.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_http::HttpDate;
    /// # use core::time::Duration;
    /// let now = HttpDate::from_unix(1_000);
    /// assert_eq!(HttpDate::from_unix(1_060).since(now), Duration::from_secs(60));
    /// assert_eq!(HttpDate::from_unix(940).since(now), Duration::ZERO);
    /// ```
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        let seconds = self.0.saturating_sub(earlier.0);
        if seconds > 0 {
            Duration::from_secs(seconds.unsigned_abs())
        } else {
            Duration::ZERO
        }
    }

    /// Reads one of the three forms of RFC 9110, section 5.6.7, to the letter.
    ///
    /// | form | example |
    /// |---|---|
    /// | IMF-fixdate, which every sender must use | `Sun, 06 Nov 1994 08:49:37 GMT` |
    /// | RFC 850 | `Sunday, 06-Nov-94 08:49:37 GMT` |
    /// | asctime | `Sun Nov  6 08:49:37 1994` |
    ///
    /// The years are 0 to 9999. The day of the week has to be that of the date (RFC 5322, section 3.3). A leap
    /// second, `23:59:60`, is the first second of the next day. The two digits of an RFC 850 year are the latest
    /// such year that puts the date no more than 50 years after `now`; no other form needs `now`, and a clock
    /// that shows a time before 1950 is not set and counts as 1950.
    ///
    /// White space around a date is not part of it. [`parse_lenient`](Self::parse_lenient) reads more.
    ///
    /// # Errors
    ///
    /// A [`DateError`] that says what the text lacks.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_http::{DateError, HttpDate};
    /// let now = HttpDate::from_unix(1_767_312_000); // 2026-01-02
    /// let date = HttpDate::parse(b"Wednesday, 02-Jan-75 00:00:00 GMT", now)?;
    /// assert_eq!(date.unix(), 3_313_612_800); // 2075: 49 years ahead
    ///
    /// let no_zone = HttpDate::parse(b"Sun, 06 Nov 1994 08:49:37", now);
    /// assert_eq!(no_zone, Err(DateError::Form));
    /// # Ok::<(), DateError>(())
    /// ```
    pub fn parse(text: &[u8], now: Self) -> Result<Self, DateError> {
        Self::parse_at(text, Some(now))
    }

    /// [`parse`](Self::parse) where there may be no clock, and so no year of two digits.
    #[inline]
    pub(crate) fn parse_at(text: &[u8], now: Option<Self>) -> Result<Self, DateError> {
        let dated = match text {
            [_, _, _, b',', ..] => imf_fixdate(text),
            [_, _, _, b' ', ..] => asctime(text),
            _ => now.and_then(|now| rfc_850(text, now)),
        };
        let Some((weekday, date)) = &dated else {
            return Err(DateError::Form);
        };
        if !date.exists() {
            return Err(DateError::Calendar);
        }
        if date.weekday() != *weekday {
            return Err(DateError::Weekday);
        }
        Ok(Self(date.seconds()))
    }
}

/// Why a text is not a date.
///
/// # Examples
///
/// ```
/// # use backoff_http::{DateError, HttpDate};
/// let now = HttpDate::from_unix(0);
/// let error = HttpDate::parse(b"Sat, 29 Feb 2025 00:00:00 GMT", now).unwrap_err();
/// assert_eq!(error, DateError::Calendar);
/// assert_eq!(error.to_string(), "the calendar has no such day or time");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DateError {
    /// The calendar has no such day, or the day no such time.
    Calendar,
    /// It is written in none of the known forms.
    Form,
    /// The date falls on another day of the week.
    Weekday,
}

impl DateError {
    /// The error in a few words.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-02T00:00:00Z.
    const NOW: HttpDate = HttpDate(1_767_312_000);

    #[test]
    fn the_three_forms_name_the_same_moment() {
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Ok(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Ok(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Ok(784_111_777)),
            ("Sun Nov 06 08:49:37 1994", Ok(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Ok(0)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", Ok(-1)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Ok(253_402_300_799)),
            ("Wed, 31 Dec 2008 23:59:60 GMT", Ok(1_230_768_000)),
            ("Wed, 31 Dec 2008 22:59:60 GMT", Err(DateError::Calendar)),
            ("Wed, 31 Dec 2008 24:00:00 GMT", Err(DateError::Calendar)),
            ("Mon, 06 Nov 1994 08:49:37 GMT", Err(DateError::Weekday)),
            ("Monday, 06-Nov-94 08:49:37 GMT", Err(DateError::Weekday)),
            ("Mon Nov  6 08:49:37 1994", Err(DateError::Weekday)),
        ];
        for (text, expected) in cases {
            assert_eq!(
                HttpDate::parse(text.as_bytes(), NOW).map(HttpDate::unix),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_text_that_is_not_quite_a_form_is_none() {
        let cases = [
            "",
            "0",
            "GMT",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 gmt",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            " Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun,  6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08.49.37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 6-Nov-94 08:49:37 GMT",
            ", 06-Nov-94 08:49:37 GMT",
            "Sun Nov 6 08:49:37 1994",
            "Sun Nov 6  08:49:37 1994",
            "Sun Nov  6 08:49:37 1994 GMT",
            "Sun Nov  6 8:49:37 1994",
            "1994-11-06T08:49:37Z",
        ];
        for text in cases {
            assert_eq!(
                HttpDate::parse(text.as_bytes(), NOW),
                Err(DateError::Form),
                "{text:?}"
            );
        }
    }

    #[test]
    fn two_digits_are_the_latest_year_within_fifty_years_from_now() {
        let cases = [
            (
                "Wednesday, 02-Jan-75 00:00:00 GMT",
                1_767_312_000,
                Ok(3_313_612_800),
            ),
            (
                "Thursday, 02-Jan-76 00:00:00 GMT",
                1_767_312_000,
                Ok(3_345_148_800),
            ),
            (
                "Friday, 02-Jan-76 00:00:01 GMT",
                1_767_312_000,
                Ok(189_388_801),
            ),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 0, Ok(784_111_777)),
            (
                "Monday, 02-Jan-50 00:00:00 GMT",
                915_235_200,
                Ok(-631_065_600),
            ),
            (
                "Friday, 31-Dec-99 23:59:59 GMT",
                253_402_300_799,
                Ok(253_402_300_799),
            ),
            ("Sunday, 06-Nov-94 08:49:37 GMT", i64::MIN, Ok(784_111_777)),
            (
                "Friday, 31-Dec-99 23:59:59 GMT",
                i64::MAX,
                Ok(253_402_300_799),
            ),
        ];
        for (text, now, expected) in cases {
            let date = HttpDate::parse(text.as_bytes(), HttpDate(now));
            assert_eq!(date.map(HttpDate::unix), expected, "{text} at {now}");
        }
    }

    #[test]
    fn the_time_between_two_dates_saturates() {
        let (first, last) = (HttpDate(i64::MIN), HttpDate(i64::MAX));
        assert_eq!(last.since(first), Duration::from_secs(u64::MAX / 2));
        assert_eq!(first.since(last), Duration::ZERO);
    }
}
