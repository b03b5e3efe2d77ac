//! The parts of a date, collected one by one.

use super::calendar::Civil;
use super::digits::{Read, four, two};
use super::error::DateError;
use super::http_date::HttpDate;
use super::names::{Weekday, month_in_any_case, weekday_in_any_case};
use super::zone;
use crate::field::{self, split};

/// The parts that were found so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    time: Option<[u32; 3]>,
    /// Seconds ahead of UTC.
    zone: Option<i64>,
    weekday: Option<Weekday>,
    /// The time of day has a fraction of a second above zero.
    fraction: bool,
}

impl Parts {
    /// Returns whether no part is missing.
    pub(crate) fn are_complete(&self) -> bool {
        self.year.is_some()
            && self.month.is_some()
            && self.day.is_some()
            && self.time.is_some()
            && self.zone.is_some()
            && self.weekday.is_some()
    }

    /// Returns whether a `T` can separate the date from the time: the time is still missing.
    pub(crate) const fn have_no_time(&self) -> bool {
        self.time.is_none()
    }

    /// Takes a day of the week, a month or a zone.
    pub(crate) fn take_word(&mut self, word: &[u8]) -> Option<()> {
        if let Some(weekday) = weekday_in_any_case(word) {
            return put(&mut self.weekday, weekday);
        }
        if let Some(month) = month_in_any_case(word) {
            return put(&mut self.month, month);
        }
        put(&mut self.zone, zone::of_name(word)?)
    }

    /// Takes the offset that directly follows `GMT` or `UTC`, and returns the rest of the text.
    ///
    /// JavaScript writes local time like this (ECMA-262, section 21.4.4.41.3, "`TimeZoneString`").
    pub(crate) fn take_offset<'t>(&mut self, name: &[u8], text: &'t [u8]) -> &'t [u8] {
        let is_utc = name.eq_ignore_ascii_case(b"GMT") || name.eq_ignore_ascii_case(b"UTC");
        if !is_utc {
            return text;
        }
        self.take_adjacent_offset(text, false)
    }

    /// Takes the offset that directly follows, if one does, and returns the rest of the text.
    fn take_adjacent_offset<'t>(&mut self, text: &'t [u8], hours_may_be_alone: bool) -> &'t [u8] {
        let [sign, offset @ ..] = text else {
            return text;
        };
        match zone::of_offset(*sign, offset, hours_may_be_alone) {
            Some((zone, rest)) => {
                self.zone = Some(zone);
                rest
            }
            None => text,
        }
    }

    /// Takes the part that begins with a digit, and returns the rest of the text. `before` is the byte before the digit.
    pub(crate) fn take_number<'t>(
        &mut self,
        text: &'t [u8],
        before: Option<u8>,
    ) -> Option<&'t [u8]> {
        if let Some(rest) = self.take_time(text, before) {
            return Some(rest);
        }
        if let (None, Some(sign)) = (self.zone, before) {
            if let Some((zone, rest)) = zone::of_offset(sign, text, false) {
                self.zone = Some(zone);
                return Some(rest);
            }
        }
        if let (true, Some((date, rest))) = (self.have_no_date(), whole_date(text)) {
            let [year, month, day] = date;
            (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
            return Some(rest);
        }
        let (digits, rest) = split(text, u8::is_ascii_digit);
        self.take_day_or_year(small_number(digits)?)?;
        Some(rest)
    }

    const fn have_no_date(&self) -> bool {
        self.year.is_none() && self.month.is_none() && self.day.is_none()
    }

    /// Takes a time of day, with a fraction and an offset that directly follow it, and returns the rest of the text.
    fn take_time<'t>(&mut self, text: &'t [u8], before: Option<u8>) -> Option<&'t [u8]> {
        if self.time.is_some() {
            return None;
        }
        let time = match before {
            Some(b'T') => time(text).or_else(|| basic_time(text)),
            _ => time(text),
        };
        let (time, mut rest) = time?;
        self.time = Some(time);
        if let [b'.' | b',', after @ ..] = rest {
            let (fraction, after) = split(after, u8::is_ascii_digit);
            if !fraction.is_empty() {
                self.fraction = fraction.iter().any(|digit| *digit != b'0');
                rest = after;
            }
        }
        if self.zone.is_none() {
            rest = self.take_adjacent_offset(rest, self.year.is_some());
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

    /// Puts the parts together.
    pub(crate) fn moment(self, now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        let (Some(year), Some(month), Some(day)) = (self.year, self.month, self.day) else {
            return Err(DateError::Form);
        };
        let [hour, minute, second] = self.time.unwrap_or_default();
        let mut date = Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        };
        if date.year > 9999 {
            return Err(DateError::Calendar);
        }
        if date.year < 100 {
            date.year = date.full_year(now.ok_or(DateError::Form)?.unix());
        }
        if !date.exists() {
            return Err(DateError::Calendar);
        }
        // Rounded up, so that a wait until the moment is not too short.
        let seconds = date.seconds() + i64::from(self.fraction) - self.zone.unwrap_or(0);
        Ok(HttpDate::from_unix(seconds))
    }
}

/// Fills a part, or returns `None` if it was filled before.
fn put<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

/// Reads a number of at most eight digits, not counting leading zeros.
fn small_number(digits: &[u8]) -> Option<u32> {
    field::digits(digits)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number < 100_000_000)
}

/// Reads year, month and day: `1994-11-06` or `19941106` (ISO 8601).
fn whole_date(text: &[u8]) -> Read<'_, [u32; 3]> {
    let (year, rest) = four(text)?;
    let (dash, rest) = match rest {
        [b'-', rest @ ..] => (&b"-"[..], rest),
        _ => (&b""[..], rest),
    };
    let (month, rest) = two(rest)?;
    let (day, rest) = two(rest.strip_prefix(dash)?)?;
    let ends = !rest.first().is_some_and(u8::is_ascii_digit);
    ends.then_some(([year, month, day], rest))
}

/// Reads `hhmmss` or `hhmm` (ISO 8601).
fn basic_time(text: &[u8]) -> Read<'_, [u32; 3]> {
    let (hour, rest) = two(text)?;
    let (minute, rest) = two(rest)?;
    let (second, rest) = two(rest).unwrap_or((0, rest));
    is_time(hour, minute, second).then_some(([hour, minute, second], rest))
}

const fn is_time(hour: u32, minute: u32, second: u32) -> bool {
    hour < 24 && minute < 60 && second <= 60
}

/// Reads `h:mm` or `h:mm:ss`, with one or two digits in each place.
fn time(text: &[u8]) -> Read<'_, [u32; 3]> {
    let (hour, rest) = one_or_two(text)?;
    let (minute, rest) = one_or_two(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":").and_then(one_or_two) {
        Some(second) => second,
        None => (0, rest),
    };
    is_time(hour, minute, second).then_some(([hour, minute, second], rest))
}

fn one_or_two(text: &[u8]) -> Read<'_, u32> {
    let (digits, rest) = split(text, u8::is_ascii_digit);
    (digits.len() <= 2).then_some((small_number(digits)?, rest))
}
