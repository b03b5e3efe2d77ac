//! Fields that a user names: any value of any meaning, against readers that are written for clarity.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use backoff_http::{DelayRules, HttpDate, LimitField, ResetMeaning, ServerDelay};

use crate::Check;
use crate::headers::with_units;
use crate::input::rest;
use crate::retry_after::{amount, trim};

/// A value, what it means, and what the clock shows.
#[derive(Arbitrary, Debug)]
pub struct Case {
    /// Seconds since 1970.
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(0..=4_000_000_000))]
    now: i64,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(0..=LIMITS.len() - 1))]
    limit: usize,
    #[arbitrary(with = value)]
    value: Vec<u8>,
}

const LIMITS: [&[LimitField]; 6] = [
    &[LimitField::new("x-limit", ResetMeaning::Delta)],
    &[LimitField::new("x-limit", ResetMeaning::DeltaMillis)],
    &[LimitField::new("x-limit", ResetMeaning::Duration)],
    &[LimitField::new("x-limit", ResetMeaning::Epoch)],
    &[LimitField::new("x-limit", ResetMeaning::EpochMillis)],
    &[LimitField::new("x-limit", ResetMeaning::Moment)],
];

const SECOND: u32 = 1_000_000_000;

const MILLISECOND: u32 = 1_000_000;

/// A moment, a time with units, or any bytes.
fn value(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    match u.int_in_range(0..=2)? {
        0 => moment(u),
        1 => time_with_units(u),
        _ => rest(u),
    }
}

/// A moment by RFC 3339, or almost.
fn moment(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let [year, month, day] = [9_999, 13, 32].map(|most| u.int_in_range(0..=most));
    let [hour, minute, second] = [24, 60, 61].map(|most| u.int_in_range(0..=most));
    let (hours, minutes) = (u.int_in_range(0..=15)?, u.int_in_range(0..=60)?);
    let letter = u.choose(&["T", "t", " "])?;
    let fraction = u.choose(&["", ".", ".0", ".25", ".999999999999"])?;
    let zone = match u.int_in_range(0..=3)? {
        0 => "Z".to_owned(),
        1 => "z".to_owned(),
        2 => format!("+{hours:02}:{minutes:02}"),
        _ => format!("-{hours:02}:{minutes:02}"),
    };
    let (year, month, day): (u32, u32, u32) = (year?, month?, day?);
    let (hour, minute, second): (u32, u32, u32) = (hour?, minute?, second?);
    let text = format!(
        "{year:04}-{month:02}-{day:02}{letter}{hour:02}:{minute:02}:{second:02}{fraction}{zone}"
    );
    Ok(text.into_bytes())
}

fn time_with_units(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let mut parts = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        let number = u.arbitrary::<u64>()? >> u.int_in_range(0..=63)?;
        let fraction = u.choose(&["", ".", ".5", ".0000000019"])?;
        let unit = u.choose(&[
            "h", "m", "s", "ms", "us", "\u{b5}s", "\u{3bc}s", "ns", "", "d",
        ])?;
        parts.push(format!("{number}{fraction}{unit}"));
    }
    Ok(parts.concat().into_bytes())
}

impl Check for Case {
    fn check(&self) {
        let limits = LIMITS[self.limit];
        let rules = DelayRules::NONE.with_limits(limits);
        let headers = [("X-Limit", &self.value)];
        let asked = ServerDelay::read(&headers, rules, HttpDate::from_unix(self.now));
        let value = trim(&self.value);
        let number = |unit| amount(value, unit, true);
        let expected = match limits[0].meaning() {
            ResetMeaning::Delta => number(SECOND),
            ResetMeaning::DeltaMillis => number(MILLISECOND),
            ResetMeaning::Duration => with_units(value),
            ResetMeaning::Epoch => number(SECOND).and_then(|moment| self.until(moment)),
            ResetMeaning::EpochMillis => number(MILLISECOND).and_then(|moment| self.until(moment)),
            // Other forms of dates are read too.
            _ => match rfc_3339(value) {
                Some(moment) => Some(seconds(moment - i128::from(self.now))),
                None => asked.delay(),
            },
        };
        assert_eq!(asked.delay(), expected, "{}", value.escape_ascii());
        assert!(asked.delay().is_some() != asked.ignored().is_some());
    }
}

impl Case {
    /// The time until a moment, unless it lies before September 2001.
    fn until(&self, moment: Duration) -> Option<Duration> {
        let now = Duration::from_secs(self.now.unsigned_abs());
        (moment >= Duration::from_secs(1_000_000_000)).then(|| moment.saturating_sub(now))
    }
}

/// Reads a moment by the grammar of RFC 3339, section 5.6, to whole seconds, rounded up.
fn rfc_3339(value: &[u8]) -> Option<i128> {
    let text = core::str::from_utf8(value).ok()?;
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes()[10], b'T' | b't' | b' ') {
        return None;
    }
    let (clock, rest) = (time.get(..8)?, time.get(8..)?);
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let digits = rest.strip_prefix('.').unwrap_or_default();
    let digits = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
    if rest.starts_with('.') && digits.is_empty() {
        return None;
    }
    let zone = rest.trim_start_matches('.').strip_prefix(digits)?;
    let is_day = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    // A year below 100 is completed.
    if !is_day || year < 100 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let before = (0..year)
        .map(|year| if is_leap(year) { 366 } else { 365 })
        .sum::<i128>();
    let months = (1..month).map(|month| days_of(year, month)).sum::<i128>();
    let days = before + months + day - 1 - DAYS_TO_1970;
    let part = i128::from(digits.bytes().any(|digit| digit != b'0'));
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second + part - offset(zone)?)
}

/// From 1 January of the year 0 to 1 January 1970.
const DAYS_TO_1970: i128 = 719_528;

fn offset(zone: &str) -> Option<i128> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes] = numbers(zone.get(1..)?, ':', [2, 2])?;
    // Farther than any place on Earth is from UTC: not a zone for the reader.
    (hours * 60 + minutes <= 14 * 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Numbers of so many digits each, with a separator between them.
fn numbers<const COUNT: usize>(
    text: &str,
    separator: char,
    digits: [usize; COUNT],
) -> Option<[i128; COUNT]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let is_well_formed = parts.len() == COUNT
        && parts.iter().zip(digits).all(|(part, count)| {
            part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    let numbers: Option<Vec<i128>> = parts.iter().map(|part| part.parse().ok()).collect();
    numbers.filter(|_| is_well_formed)?.try_into().ok()
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i128, month: i128) -> i128 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A time that is not below zero.
fn seconds(number: i128) -> Duration {
    Duration::from_secs(u64::try_from(number).unwrap_or(0))
}
