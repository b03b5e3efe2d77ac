//! Dates as servers really write them.

use crate::calendar::Civil;
use crate::date_form::in_century;
use crate::field::{self, split};
use crate::http_date::{DateError, HttpDate};
use crate::names::{Weekday, month_in_any_case, weekday_in_any_case};
use crate::zone;

impl HttpDate {
    /// Reads a date in whatever order its parts come, as long as each of them is plain.
    ///
    /// The text is taken apart into words and numbers, and what separates them does not count (as in RFC 6265,
    /// section 5.1.1, which reads the dates of cookies so). Each part is known by its form:
    ///
    /// | part | form |
    /// |---|---|
    /// | time of day | `h:mm` or `h:mm:ss`, where a second of 60 is the first one of the next minute; midnight if there is none |
    /// | month | `Nov`, or the whole English name, in any case |
    /// | day and year | numbers, the day first if the first one can be a day |
    /// | all three | eight digits, `19941106`; a `T` between them and the time is no zone |
    /// | zone | `GMT`, `UTC`, `EST` and other usual names, a military letter, `+0100` or `GMT+0100`; UTC if there is none |
    /// | day of the week | `Sun` or `Sunday`, in any case; not compared with the date |
    ///
    /// A year below 100 is completed as in [`parse`](Self::parse). A first word directly followed by a comma is
    /// taken for the day of the week, whatever it is. What comes after the last part is not read.
    ///
    /// # Errors
    ///
    /// A [`DateError`] where a part is missing, comes twice or is none of these, and where the calendar has no
    /// such day.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_http::HttpDate;
    /// let now = HttpDate::from_unix(1_767_312_000);
    /// for text in [
    ///     "Sun, 6 Nov 1994 08:49:37 UTC",
    ///     "Sun Nov 6 1994 09:49:37 +0100",
    ///     "06-Nov-94 08:49:37",
    ///     "19941106 8:49:37",
    /// ] {
    ///     assert_eq!(HttpDate::parse_lenient(text.as_bytes(), now), Ok(HttpDate::from_unix(784_111_777)));
    /// }
    /// ```
    pub fn parse_lenient(text: &[u8], now: Self) -> Result<Self, DateError> {
        Self::parse_lenient_at(text, Some(now))
    }

    /// [`parse_lenient`](Self::parse_lenient) where there may be no clock, and so no year of two digits.
    pub(crate) fn parse_lenient_at(text: &[u8], now: Option<Self>) -> Result<Self, DateError> {
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
                    if let ([b'T', b'0'..=b'9', ..], None) = (rest, parts.time) {
                        // Of ISO 8601, and not the military zone.
                        rest = rest.strip_prefix(b"T").unwrap_or(rest);
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

/// What was found so far.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    time: Option<[u32; 3]>,
    /// Seconds ahead of UTC.
    zone: Option<i64>,
    weekday: Option<Weekday>,
}

impl Parts {
    fn are_complete(&self) -> bool {
        self.year.is_some()
            && self.month.is_some()
            && self.day.is_some()
            && self.time.is_some()
            && self.zone.is_some()
            && self.weekday.is_some()
    }

    fn take_word(&mut self, word: &[u8]) -> Option<()> {
        if let Some(weekday) = weekday_in_any_case(word) {
            return put(&mut self.weekday, weekday);
        }
        if let Some(month) = month_in_any_case(word) {
            return put(&mut self.month, month);
        }
        put(&mut self.zone, zone::of_name(word)?)
    }

    /// Takes what the zone is ahead of `GMT` or `UTC`, if that directly follows the name, and gives what follows.
    /// So JavaScript writes local time (ECMA-262, section 21.4.4.41.3, "`TimeZoneString`").
    fn take_offset<'t>(&mut self, name: &[u8], text: &'t [u8]) -> &'t [u8] {
        let is_utc = name.eq_ignore_ascii_case(b"GMT") || name.eq_ignore_ascii_case(b"UTC");
        let ([sign @ (b'+' | b'-'), digits @ ..], true) = (text, is_utc) else {
            return text;
        };
        let (digits, rest) = split(digits, u8::is_ascii_digit);
        let Some(zone) = zone::of_digits(*sign, digits) else {
            return text;
        };
        self.zone = Some(zone);
        rest
    }

    /// Takes what begins with a digit, and gives what follows; `before` is the byte before it.
    fn take_number<'t>(&mut self, text: &'t [u8], before: Option<u8>) -> Option<&'t [u8]> {
        if let (None, Some((time, rest))) = (self.time, time(text)) {
            self.time = Some(time);
            return Some(rest);
        }
        let (digits, rest) = split(text, u8::is_ascii_digit);
        let number = small_number(digits)?;
        if let (None, Some(sign)) = (self.zone, before) {
            self.zone = zone::of_digits(sign, digits);
            if self.zone.is_some() {
                return Some(rest);
            }
        }
        match digits.len() {
            8 if (self.year, self.month, self.day) == (None, None, None) => {
                self.year = Some(number / 10_000);
                self.month = Some(number / 100 % 100);
                self.day = Some(number % 100);
            }
            _ => self.take_day_or_year(number)?,
        }
        Some(rest)
    }

    fn take_day_or_year(&mut self, number: u32) -> Option<()> {
        if self.day.is_none() && (1..=31).contains(&number) {
            self.day = Some(number);
            return Some(());
        }
        put(&mut self.year, number)
    }

    fn moment(self, now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        let (Some(year), Some(month), Some(day)) = (self.year, self.month, self.day) else {
            return Err(DateError::Form);
        };
        let [hour, minute, second] = self.time.unwrap_or_default();
        // Which minute of UTC a leap second belongs to, the zone says; the second after 59 it is in any case.
        let leap = u32::from(second == 60);
        let mut date = Civil {
            year,
            month,
            day,
            hour,
            minute,
            second: second - leap,
        };
        if date.year > 9999 {
            return Err(DateError::Calendar);
        }
        if date.year < 100 {
            date.year = in_century(date, now.ok_or(DateError::Form)?);
        }
        if !date.exists() {
            return Err(DateError::Calendar);
        }
        let seconds = date.seconds() + i64::from(leap) - self.zone.unwrap_or(0);
        Ok(HttpDate::from_unix(seconds))
    }
}

/// Fills a part that was empty.
fn put<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

/// The text behind a first word that can only be a day of the week, as nothing else is followed by a comma.
fn without_foreign_weekday(text: &[u8]) -> &[u8] {
    let (word, rest) = split(text, u8::is_ascii_alphabetic);
    let known = weekday_in_any_case(word).is_some() || month_in_any_case(word).is_some();
    match rest {
        [b',', after @ ..] if !known && !word.is_empty() => after,
        _ => text,
    }
}

/// A number of at most eight digits, not counting zeros in front.
fn small_number(digits: &[u8]) -> Option<u32> {
    field::digits(digits)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number < 100_000_000)
}

/// `h:mm` or `h:mm:ss`, with one or two digits in each place.
fn time(text: &[u8]) -> Option<([u32; 3], &[u8])> {
    let (hour, rest) = one_or_two(text)?;
    let (minute, rest) = one_or_two(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":").and_then(one_or_two) {
        Some(second) => second,
        None => (0, rest),
    };
    (hour < 24 && minute < 60 && second <= 60).then_some(([hour, minute, second], rest))
}

fn one_or_two(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = split(text, u8::is_ascii_digit);
    (digits.len() <= 2).then_some((small_number(digits)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-02T00:00:00Z.
    const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);

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
    fn what_is_not_plain_is_not_a_date() {
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
            ("1994-11-06T08:49:37Z", Form),
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
