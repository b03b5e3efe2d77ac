//! The parts of a date, collected one by one.

use super::calendar::Civil;
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

    /// Returns whether the time of day was found.
    pub(crate) const fn have_time(&self) -> bool {
        self.time.is_some()
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

    /// Takes the part that begins with a digit, and returns the rest of the text. `before` is the byte before the digit.
    pub(crate) fn take_number<'t>(
        &mut self,
        text: &'t [u8],
        before: Option<u8>,
    ) -> Option<&'t [u8]> {
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

    /// Puts the parts together.
    pub(crate) fn moment(self, now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        let (Some(year), Some(month), Some(day)) = (self.year, self.month, self.day) else {
            return Err(DateError::Form);
        };
        let [hour, minute, second] = self.time.unwrap_or_default();
        // The zone decides which minute of UTC a leap second ends. Here it only has to follow the second 59.
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
            date.year = date.full_year(now.ok_or(DateError::Form)?.unix());
        }
        if !date.exists() {
            return Err(DateError::Calendar);
        }
        let seconds = date.seconds() + i64::from(leap) - self.zone.unwrap_or(0);
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

/// Reads `h:mm` or `h:mm:ss`, with one or two digits in each place.
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
