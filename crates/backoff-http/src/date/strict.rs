//! Reads the three forms of an HTTP-date (RFC 9110, section 5.6.7) strictly.
//!
//! The readers of the parts are inlined into the forms, whose length is known, so the length is checked only once.
//! An IMF-fixdate then takes about 205 instructions instead of 231 (`examples/instructions.rs`). Firmware does not inline
//! them, because flash counts for more there.
#![allow(clippy::inline_always, reason = "measured, as the text above says")]

use super::calendar::Civil;
use super::digits::{Read, four, time, two};
use super::error::DateError;
use super::http_date::HttpDate;
use super::names::{WEEKDAY_NAMES, Weekday, month_number, weekday_number};

impl HttpDate {
    /// Reads a date in one of the three forms of RFC 9110, section 5.6.7.
    ///
    /// | form | example |
    /// |---|---|
    /// | IMF-fixdate, which every sender must use | `Sun, 06 Nov 1994 08:49:37 GMT` |
    /// | RFC 850 | `Sunday, 06-Nov-94 08:49:37 GMT` |
    /// | asctime | `Sun Nov  6 08:49:37 1994` |
    ///
    /// Years range from 0 to 9999. The day of the week must match the date (RFC 5322, section 3.3). A second of
    /// 60, which the grammar allows in any minute, counts as the first second of the next minute.
    ///
    /// Only the RFC 850 form uses `now`, to complete its year of two digits: of the years that end in these digits, it
    /// takes the latest for which the date is at most 50 years after `now`. A clock before 1950 is not set, and counts
    /// as 1950.
    ///
    /// Trim the text first: white space around a date is an error. [`parse_lenient`](Self::parse_lenient) accepts
    /// more.
    ///
    /// # Errors
    ///
    /// Returns a [`DateError`] if the text has another form, if the calendar has no such day or time, or if the day of
    /// the week is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{DateError, HttpDate};
    ///
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

    /// Does what [`parse`](Self::parse) does. Without a clock (`now`), a year of two digits is not read.
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

/// A date, and the day of the week that the text gives it.
type Dated = (Weekday, Civil);

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
#[inline]
fn imf_fixdate(text: &[u8]) -> Option<Dated> {
    // The compiler knows the length of an array, so it is checked only here.
    let text: &[u8; 29] = text.try_into().ok()?;
    let (weekday, text) = short_weekday(text)?;
    let (day, text) = two(literal(b", ", text)?)?;
    let (month, text) = month(literal(b" ", text)?)?;
    let (year, text) = four(literal(b" ", text)?)?;
    let (time, text) = time(literal(b" ", text)?)?;
    end(literal(b" GMT", text)?)?;
    Some((weekday, civil(year, month, day, time)))
}

/// Reads `Sunday, 06-Nov-94 08:49:37 GMT`.
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

/// Reads `Sun Nov  6 08:49:37 1994`.
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
    let (weekday, _) = short_weekday(text)?;
    Some((weekday, literal(WEEKDAY_NAMES.get(weekday)?, text)?))
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
            ("Wed, 31 Dec 2008 22:59:60 GMT", Ok(1_230_764_400)),
            ("Fri, 29 Sep 2023 16:26:60 GMT", Ok(1_696_004_820)),
            ("Friday, 29-Sep-23 16:26:60 GMT", Ok(1_696_004_820)),
            ("Fri Sep 29 16:26:60 2023", Ok(1_696_004_820)),
            ("Fri, 29 Sep 2023 16:26:61 GMT", Err(DateError::Calendar)),
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
    fn a_text_in_almost_one_of_the_forms_is_an_error() {
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
    fn text_behind_a_date_is_an_error() {
        for (text, is_date) in [(&b""[..], true), (b" ", false), (b"GMT", false)] {
            assert_eq!(end(text).is_some(), is_date, "{}", text.escape_ascii());
        }
    }
}
