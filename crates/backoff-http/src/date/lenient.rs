//! Reads dates as servers write them in practice.

use super::error::DateError;
use super::http_date::HttpDate;
use super::names::{month_in_any_case, weekday_in_any_case};
use super::parts::Parts;
use crate::field::split;

impl HttpDate {
    /// Reads a date whose parts come in any order, as long as each part is unambiguous.
    ///
    /// The text is split into words and numbers, and the separators between them are ignored (like the dates of
    /// cookies, RFC 6265, section 5.1.1). The form of each part tells what it is:
    ///
    /// | part | form |
    /// |---|---|
    /// | time of day | `h:mm` or `h:mm:ss`; a second of 60 is the first of the next minute; a fraction rounds up; midnight if missing |
    /// | month | `Nov` or `November`, in any case |
    /// | day and year | numbers; the first is the day if it can be one |
    /// | all three | `1994-11-06` or `19941106`; a `T` or `t` between them and the time is not a zone, and the time may be `hhmmss` then |
    /// | zone | `GMT`, `UTC`, `EST` and other usual names, a military letter, `+0100`, `+01:00` or `GMT+0100`, directly behind the time also `+01`; UTC if missing |
    /// | day of the week | `Sun` or `Sunday`, in any case; not compared with the date |
    ///
    /// So it reads the moments of RFC 3339, and those of ISO 8601 that have a month and a day: not weeks or days of a year,
    /// like `1994-W44-7` and `1994-310`.
    ///
    /// A year below 100 is completed by `now`, like in [`parse`](Self::parse). A first word followed by a comma counts
    /// as the day of the week, in any language. Text behind the last part is ignored.
    ///
    /// # Errors
    ///
    /// Returns a [`DateError`] if a part is missing, comes twice or has none of these forms, or if the calendar has no
    /// such day.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::HttpDate;
    ///
    /// let now = HttpDate::from_unix(1_767_312_000);
    /// for text in [
    ///     "Sun, 6 Nov 1994 08:49:37 UTC",
    ///     "Sun Nov 6 1994 09:49:37 +0100",
    ///     "06-Nov-94 08:49:37",
    ///     "19941106 8:49:37",
    ///     "1994-11-06T09:49:37+01:00",
    ///     "1994-11-06 08:49:36.5z",
    /// ] {
    ///     assert_eq!(HttpDate::parse_lenient(text.as_bytes(), now), Ok(HttpDate::from_unix(784_111_777)));
    /// }
    /// ```
    pub fn parse_lenient(text: &[u8], now: Self) -> Result<Self, DateError> {
        Self::parse_lenient_at(text, Some(now))
    }

    /// Does what [`parse_lenient`](Self::parse_lenient) does. Without a clock (`now`), a year of two digits is not read.
    pub(crate) fn parse_lenient_at(text: &[u8], now: Option<Self>) -> Result<Self, DateError> {
        // Most servers write the strict form, which is read in an eighth of the time. The other reader would cost firmware
        // 1.1 KB of flash.
        if !cfg!(target_os = "none") {
            match Self::parse_at(text, now) {
                Ok(date) if date.unix() >= YEAR_100 => return Ok(date),
                _ => {}
            }
        }
        Self::of_parts(text, now)
    }

    /// Reads a date part by part.
    fn of_parts(text: &[u8], now: Option<Self>) -> Result<Self, DateError> {
        let mut parts = Parts::default();
        let mut rest = without_foreign_weekday(text);
        let mut before = None;
        while !parts.are_complete() {
            match rest {
                [] => break,
                [first, ..] if first.is_ascii_alphabetic() => {
                    let (word, after) = split(rest, u8::is_ascii_alphabetic);
                    parts.take_word(word).ok_or(DateError::Form)?;
                    rest = parts.take_offset(word, after);
                }
                [first, ..] if first.is_ascii_digit() => {
                    rest = parts.take_number(rest, before).ok_or(DateError::Form)?;
                    // The separator of ISO 8601, and not the military zone.
                    if let ([b'T' | b't', b'0'..=b'9', ..], true) = (rest, parts.have_no_time()) {
                        rest = rest.get(1..).unwrap_or_default();
                        before = Some(b'T');
                        continue;
                    }
                }
                [_, after @ ..] => {
                    before = rest.first().copied();
                    rest = after;
                    continue;
                }
            }
            before = None;
        }
        parts.moment(now)
    }
}

/// 1 January of the year 100, in seconds since 1970. The part-by-part reader completes an earlier year, also one of four
/// digits.
const YEAR_100: i64 = -59_011_459_200;

/// Skips a first word that is followed by a comma: only a day of the week is, here in another language.
fn without_foreign_weekday(text: &[u8]) -> &[u8] {
    let (word, rest) = split(text, u8::is_ascii_alphabetic);
    let known = weekday_in_any_case(word).is_some() || month_in_any_case(word).is_some();
    match rest {
        [b',', after @ ..] if !known && !word.is_empty() => after,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-02T00:00:00Z.
    const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);

    #[test]
    fn a_date_in_a_strict_form_is_read_the_same_part_by_part() {
        let texts: [&[u8]; 8] = [
            b"Sun, 06 Nov 1994 08:49:37 GMT",
            b"Sunday, 06-Nov-94 08:49:37 GMT",
            b"Sun Nov  6 08:49:37 1994",
            b"Thu, 29 Feb 2024 23:59:60 GMT",
            b"Wednesday, 02-Jan-75 00:00:00 GMT",
            b"Fri, 31 Dec 9999 23:59:59 GMT",
            b"Fri, 01 Jan 0100 00:00:00 GMT",
            b"Tue Mar 31 00:00:00 2026",
        ];
        for text in texts {
            let strict = HttpDate::parse(text, NOW);
            let parts = HttpDate::of_parts(text, Some(NOW));
            assert_eq!(
                strict.is_ok().then_some(parts),
                Some(strict),
                "{}",
                text.escape_ascii()
            );
        }
    }

    #[test]
    fn parts_may_come_in_any_order_and_some_may_be_missing() {
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Mon, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Zun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("  \"sunday 6 NOVEMBER 1994 8:49:37\"", 784_111_777),
            ("1994 Nov 6 08:49:37 +0000", 784_111_777),
            ("GMT 08:49:37 06-Nov-94 Sunday", 784_111_777),
            ("19941106 08:49:37", 784_111_777),
            ("06 Nov 1994", 784_080_000),
            ("06 Nov 1994 08:49:37 +0545", 784_111_777 - 20_700),
            ("06 Nov 1994 08:49:37 -0800", 784_111_777 + 28_800),
            ("Sun Nov 06 1994 04:49:37 GMT-0400 (EDT)", 784_111_777),
            ("06 Nov 1994 09:49:37 utc+0100", 784_111_777),
            ("GMT+0100 09:49:37 06-Nov-94", 784_111_777),
            ("19941106T08:49:37", 784_111_777),
            ("19941106T08:49:37Z", 784_111_777),
            ("19941106 T 08:49:37", 784_111_777 + 25_200),
            ("06 Nov 1994 08:49:37 PST", 784_111_777 + 28_800),
            ("06 Nov 1994 08:49:37 a", 784_111_777 - 3_600),
            ("06 Nov 1994 08:49:37 Y", 784_111_777 + 43_200),
            ("Sun, 06 Nov 1994 08:49:37 GMT and so on", 784_111_777),
            ("Wed, 31 Dec 2008 23:59:60 GMT", 1_230_768_000),
            ("Thu, 01 Jan 2009 00:59:60 +0100", 1_230_768_000),
            ("02 Jan 75", 3_313_612_800),
            ("03 Jan 76", 189_475_200),
            ("01 Jan 100", -59_011_459_200),
            ("31 Dec 9999", 253_402_214_400),
        ];
        for (text, expected) in cases {
            let moment = HttpDate::parse_lenient(text.as_bytes(), NOW).map(HttpDate::unix);
            assert_eq!(moment, Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_moment_of_iso_8601_is_read_however_it_is_written() {
        let date = ["1994-11-06", "19941106"];
        let separator = ["T", "t", " "];
        let time = ["08:49:37", "08:49:36.5", "08:49:36,000001", "08:49:37.000"];
        let zone = ["", "Z", "z", "+00:00", "-0000", "+00", " +00:00"];
        for (date, separator) in date
            .into_iter()
            .flat_map(|date| separator.map(|s| (date, s)))
        {
            for (time, zone) in time
                .into_iter()
                .flat_map(|time| zone.map(|zone| (time, zone)))
            {
                let text = std::format!("{date}{separator}{time}{zone}");
                let moment = HttpDate::parse_lenient(text.as_bytes(), NOW).map(HttpDate::unix);
                assert_eq!(moment, Ok(784_111_777), "{text}");
            }
        }
        let cases = [
            ("19941106T084937Z", 784_111_777),
            ("19941106t084937", 784_111_777),
            ("19941106T084937.25+0100", 784_111_778 - 3_600),
            ("1994-11-06T084937Z", 784_111_777),
            ("19941106T0849Z", 784_111_740),
            ("1994-11-06T08:49Z", 784_111_740),
            ("1994-11-06T08:49:37+02:00", 784_111_777 - 7_200),
            ("1994-11-06T08:49:37-05:30", 784_111_777 + 19_800),
            ("1994-11-06T08:49:37.123456789-08", 784_111_778 + 28_800),
            ("1994-11-06 08:49:37 -08:00", 784_111_777 + 28_800),
            ("1994-11-06", 784_080_000),
            ("1994-11-06T23:59:60Z", 784_166_400),
            ("1994-11-06T23:59:59.999Z", 784_166_400),
            ("2023-09-29T16:27:37Z", 1_696_004_857),
        ];
        for (text, expected) in cases {
            let moment = HttpDate::parse_lenient(text.as_bytes(), NOW).map(HttpDate::unix);
            assert_eq!(moment, Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_ambiguous_or_incomplete_text_is_an_error() {
        use DateError::{Calendar, Form};
        let cases = [
            ("", Form),
            ("Sunday", Form),
            ("06 Nov", Form),
            ("06 11 1994", Form),
            ("06 Nov Nov 1994", Form),
            ("06 Nov 1994 08:49:37 08:49:37", Form),
            ("06 Nov 1994 24:00:00", Form),
            ("06 Nov 1994 08:60:00", Form),
            ("06 Nov 1994 08:49:37 J", Form),
            ("06 Nov 1994 08:49:37 IST", Form),
            ("06 Nov 1994 08:49:37 +1500", Form),
            ("06 Nov 1994 08:49:37 GMT+1500", Form),
            ("06 Nov 1994 08:49:37 EST-0500", Form),
            ("1994-11-06T24:00:00Z", Form),
            ("1994-11-06T08:49:61Z", Form),
            ("1994-11-06T08:49:37+15:00", Form),
            ("1994-11-06T08:49:37+1", Form),
            ("1994-11-6T08:49:37Z", Form),
            ("1994-1106T08:49:37Z", Form),
            ("1994-W45-7T08:49:37Z", Form),
            ("1994-11-06T0849371Z", Form),
            ("1994-13-06T08:49:37Z", Calendar),
            ("1994-11-31T08:49:37Z", Calendar),
            ("06 Nov 123456789", Form),
            ("06 Nov 100000000", Form),
            ("06 Nov 10000", Calendar),
            ("06 Nov 19941106", Calendar),
            ("29 Feb 2025", Calendar),
            ("19941306", Calendar),
        ];
        for (text, expected) in cases {
            let moment = HttpDate::parse_lenient(text.as_bytes(), NOW);
            assert_eq!(moment, Err(expected), "{text}");
        }
    }
}
