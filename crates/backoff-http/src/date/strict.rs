//! The three forms of an HTTP-date (RFC 9110, section 5.6.7), read to the letter.
//!
//! The readers are inlined into the forms, whose length is known, so that it is checked once and not by each
//! reader: an IMF-fixdate takes 202 instructions instead of 231, by `examples/instructions.rs`. Not so in firmware,
//! where flash counts for more.
#![allow(clippy::inline_always, reason = "by measurement, as said above")]

use super::calendar::Civil;
use super::digits::{Read, four, time, two};
use super::error::DateError;
use super::http_date::HttpDate;
use super::names::{WEEKDAY_ENDINGS, Weekday, month_number, weekday_number};

impl HttpDate {
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
        Ok(Self::from_unix(date.seconds()))
    }
}

/// A date and the day of the week that it is said to be.
type Dated = (Weekday, Civil);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
#[inline]
fn imf_fixdate(text: &[u8]) -> Option<Dated> {
    // An array has a length that the compiler knows, so that it checks it once.
    let text: &[u8; 29] = text.try_into().ok()?;
    let (weekday, text) = short_weekday(text)?;
    let (day, text) = two(literal(b", ", text)?)?;
    let (month, text) = month(literal(b" ", text)?)?;
    let (year, text) = four(literal(b" ", text)?)?;
    let (time, text) = time(literal(b" ", text)?)?;
    end(literal(b" GMT", text)?)?;
    Some((weekday, civil(year, month, day, time)))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc_850(text: &[u8], now: HttpDate) -> Option<Dated> {
    let (weekday, text) = long_weekday(text)?;
    let (day, text) = two(literal(b", ", text)?)?;
    let (month, text) = month(literal(b"-", text)?)?;
    let (year, text) = two(literal(b"-", text)?)?;
    let (time, text) = time(literal(b" ", text)?)?;
    end(literal(b" GMT", text)?)?;
    let year = civil(year, month, day, time).full_year(now.unix());
    Some((weekday, civil(year, month, day, time)))
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &[u8]) -> Option<Dated> {
    let text: &[u8; 24] = text.try_into().ok()?;
    let (weekday, text) = short_weekday(text)?;
    let (month, text) = month(literal(b" ", text)?)?;
    let text = literal(b" ", text)?;
    let (day, text) = match text {
        [b' ', digit, rest @ ..] => (two(&[b'0', *digit])?.0, rest),
        _ => two(text)?,
    };
    let (time, text) = time(literal(b" ", text)?)?;
    let (year, text) = four(literal(b" ", text)?)?;
    end(text)?;
    Some((weekday, civil(year, month, day, time)))
}

#[inline]
const fn civil(year: u32, month: u32, day: u32, [hour, minute, second]: [u32; 3]) -> Civil {
    Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
    }
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn literal<'t>(expected: &[u8], text: &'t [u8]) -> Option<&'t [u8]> {
    text.strip_prefix(expected)
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn end(text: &[u8]) -> Option<()> {
    text.is_empty().then_some(())
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn month(text: &[u8]) -> Read<'_, u32> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    Some((month_number(*name)?, rest))
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn short_weekday(text: &[u8]) -> Read<'_, Weekday> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    Some((weekday_number(*name)?, rest))
}

fn long_weekday(text: &[u8]) -> Read<'_, Weekday> {
    let (weekday, text) = short_weekday(text)?;
    Some((weekday, literal(WEEKDAY_ENDINGS.get(weekday)?, text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-02T00:00:00Z.
    const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);

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
            let date = HttpDate::parse(text.as_bytes(), HttpDate::from_unix(now));
            assert_eq!(date.map(HttpDate::unix), expected, "{text} at {now}");
        }
    }

    #[test]
    fn nothing_follows_a_date() {
        for (text, is_date) in [(&b""[..], true), (b" ", false), (b"GMT", false)] {
            assert_eq!(end(text).is_some(), is_date, "{}", text.escape_ascii());
        }
    }
}
