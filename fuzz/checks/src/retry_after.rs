//! `Retry-After`: any value against a reader that is written for clarity.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_http::{DelayError, HttpDate, RetryAfter};
use num_bigint::BigUint;

use crate::Check;
use crate::http_date::YEAR_100;
use crate::input::rest;

/// A value, and what the clock shows.
#[derive(Arbitrary, Debug)]
pub struct Case {
    /// Seconds since 1970.
    now: i64,
    /// Bytes.
    #[arbitrary(with = rest)]
    value: Vec<u8>,
}

impl Check for Case {
    fn check(&self) {
        let now = HttpDate::from_unix(self.now);
        let strict = RetryAfter::parse(&self.value, now);
        let lenient = RetryAfter::parse_lenient(&self.value, now);
        assert_eq!(strict, expected(&self.value, now, false));
        assert_eq!(lenient, expected(&self.value, now, true));
        match strict {
            Ok(RetryAfter::Delay(delay)) => {
                assert_eq!(lenient, strict, "what is strict is lenient too");
                assert_eq!(RetryAfter::Delay(delay).delay(now), delay);
            }
            Ok(RetryAfter::Date(date)) => {
                // A lenient reader takes 0094 for 94, and completes it.
                assert!(lenient == strict || date.unix() < YEAR_100, "{lenient:?}");
                assert_eq!(RetryAfter::Date(date).delay(now), until(date, now));
            }
            Err(_) => {}
        }
    }
}

/// RFC 9110, section 10.2.3, and what the documentation of the two readers adds to it.
fn expected(value: &[u8], now: HttpDate, lenient: bool) -> Result<RetryAfter, DelayError> {
    let value = trim(value);
    if value.is_empty() {
        return Err(DelayError::Empty);
    }
    if let Some(delay) = amount(value, 1_000_000_000, lenient) {
        return Ok(RetryAfter::Delay(delay));
    }
    let is_day = value[1..].contains(&b'-') && value[0] != b'-' && lenient;
    let is_date = is_day
        || value
            .iter()
            .any(|byte| byte.is_ascii_alphabetic() || *byte == b':');
    let parse = if lenient {
        HttpDate::parse_lenient
    } else {
        HttpDate::parse
    };
    if is_date {
        return parse(value, now)
            .map(RetryAfter::Date)
            .map_err(DelayError::Date);
    }
    Err(DelayError::Number)
}

fn until(date: HttpDate, now: HttpDate) -> Duration {
    let seconds = i128::from(date.unix()) - i128::from(now.unix());
    Duration::from_secs(u64::try_from(seconds.clamp(0, i64::MAX.into())).unwrap_or(0))
}

/// A value without the spaces and tabs around it.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let is_white = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = value.iter().take_while(|byte| is_white(byte)).count();
    let end = value[start..]
        .iter()
        .rev()
        .take_while(|byte| is_white(byte))
        .count();
    &value[start..value.len() - end]
}

/// The time that a decimal number of units is, down to whole nanoseconds: digits, and where it may have a
/// fraction, a point and digits. More seconds than a `u64` holds are as many as it holds.
pub(crate) fn amount(value: &[u8], unit: u32, may_have_fraction: bool) -> Option<Duration> {
    let text = core::str::from_utf8(value).ok()?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if may_have_fraction => (whole, fraction),
        Some(_) => return None,
        None => (text, "0"),
    };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            .then(|| BigUint::parse_bytes(digits.as_bytes(), 10))
            .flatten()
    };
    let places = u32::try_from(fraction.len()).ok()?;
    let part = number(fraction)? * unit / BigUint::from(10_u32).pow(places);
    let nanos = number(whole)? * unit + part;
    let seconds = u64::try_from(&nanos / 1_000_000_000_u32).unwrap_or(u64::MAX);
    let nanos = u32::try_from(nanos % 1_000_000_000_u32).ok()?;
    Some(Duration::new(seconds, nanos))
}
