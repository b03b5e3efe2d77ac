//! Numbers with a fraction, and times with units.

use core::time::Duration;

use super::value::{digits, split};

/// A unit of time that is a power of ten of the second.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Second = 0,
    Millisecond = 3,
    Microsecond = 6,
    Nanosecond = 9,
}

/// Reads a number of units as a time. If `fractions` are allowed, it may be a number like `2.5`.
///
/// Digits below a nanosecond are dropped. A time above [`u64::MAX`] seconds saturates.
pub(crate) fn time(value: &[u8], unit: Unit, fractions: bool) -> Option<Duration> {
    let (whole, rest) = split(value, u8::is_ascii_digit);
    let fraction = match rest {
        [b'.', fraction @ ..] if fractions => fraction,
        [] => b"0",
        _ => return None,
    };
    digits(fraction).and(digits(whole))?;
    Some(shifted(whole, fraction, unit as usize))
}

/// Reads digits before and behind a decimal point that is moved to the left by some places.
///
/// So no number is divided, for which a Cortex-M0 would need a function of 904 bytes.
fn shifted(whole: &[u8], fraction: &[u8], places: usize) -> Duration {
    let end = whole.len().saturating_sub(places);
    let (seconds, below) = whole.split_at_checked(end).unwrap_or((&[], whole));
    let zeros = places.saturating_sub(whole.len());
    let mut below = below.iter().chain(fraction);
    let mut nanos = 0_u32;
    for place in 0..9 {
        let digit = if place < zeros { None } else { below.next() };
        nanos = nanos * 10 + u32::from(digit.map_or(0, |digit| digit.wrapping_sub(b'0')));
    }
    of_parts(digits(seconds).unwrap_or(0), nanos)
}

/// Puts whole seconds and nanoseconds together, without the panic of [`Duration::new`].
pub(crate) const fn of_parts(seconds: u64, nanos: u32) -> Duration {
    if nanos < 1_000_000_000 {
        Duration::new(seconds, nanos)
    } else {
        Duration::from_secs(seconds)
    }
}

/// Reads numbers with units, such as `1h2m3.5s`, as the language Go writes them (package `time`, `ParseDuration`).
///
/// Digits below a nanosecond are dropped, and the time saturates.
pub(crate) fn with_units(value: &[u8]) -> Option<Duration> {
    if value == b"0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut sum) = (value, Duration::ZERO);
    loop {
        let (number, after) = split(rest, |byte| matches!(byte, b'0'..=b'9' | b'.'));
        let (unit, after) = split(after, |byte| !matches!(byte, b'0'..=b'9' | b'.'));
        sum = sum.saturating_add(with_unit(number, unit)?);
        if after.is_empty() {
            return Some(sum);
        }
        rest = after;
    }
}

fn with_unit(number: &[u8], unit: &[u8]) -> Option<Duration> {
    let (unit, factor) = match unit {
        b"h" => (Unit::Second, 3600),
        b"m" => (Unit::Second, 60),
        b"s" => (Unit::Second, 1),
        b"ms" => (Unit::Millisecond, 1),
        // The micro sign, and the Greek letter.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => (Unit::Microsecond, 1),
        b"ns" => (Unit::Nanosecond, 1),
        _ => return None,
    };
    Some(time(number, unit, true)?.saturating_mul(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_read_to_the_nanosecond() {
        use Unit::{Millisecond, Second};
        let cases: [(&[u8], Unit, Option<Duration>); 17] = [
            (b"2.5", Second, Some(Duration::from_millis(2_500))),
            (b"0.25", Second, Some(Duration::from_millis(250))),
            (
                b"1.0000000019",
                Second,
                Some(Duration::from_nanos(1_000_000_001)),
            ),
            (
                b"1500.5",
                Millisecond,
                Some(Duration::from_micros(1_500_500)),
            ),
            (b"7", Millisecond, Some(Duration::from_millis(7))),
            (
                b"18446744072.999999999",
                Second,
                Some(Duration::new(18_446_744_072, 999_999_999)),
            ),
            (
                b"18446744073.9",
                Second,
                Some(Duration::new(18_446_744_073, 900_000_000)),
            ),
            (
                b"18446744073708.9",
                Millisecond,
                Some(Duration::new(18_446_744_073, 708_900_000)),
            ),
            (
                b"18446744073709.9",
                Millisecond,
                Some(Duration::new(18_446_744_073, 709_900_000)),
            ),
            (
                b"99999999999999999999.9",
                Second,
                Some(Duration::new(u64::MAX, 900_000_000)),
            ),
            (b".5", Second, None),
            (b"5.", Second, None),
            (b"-1.5", Second, None),
            (b"1.-5", Second, None),
            (b"1.2.3", Second, None),
            (b"1e3", Second, None),
            (b"1,5", Second, None),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(
                time(value, unit, true),
                expected,
                "{}",
                value.escape_ascii()
            );
        }
        assert_eq!(time(b"2.5", Second, false), None);
        assert_eq!(time(b"2", Second, false), Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_time_with_units_is_the_sum_of_its_parts() {
        let cases: [(&[u8], Option<Duration>); 20] = [
            (b"6m0s", Some(Duration::from_secs(360))),
            (b"6ms", Some(Duration::from_millis(6))),
            (b"1h2m3.5s", Some(Duration::from_millis(3_723_500))),
            (b"1.5h", Some(Duration::from_secs(5_400))),
            (b"0", Some(Duration::ZERO)),
            (b"0s", Some(Duration::ZERO)),
            (b"17.25ms", Some(Duration::from_micros(17_250))),
            (b"250us", Some(Duration::from_micros(250))),
            (b"250\xc2\xb5s", Some(Duration::from_micros(250))),
            (b"250\xce\xbcs", Some(Duration::from_micros(250))),
            (b"1999999999ns", Some(Duration::from_nanos(1_999_999_999))),
            (b"99999999999999999999h", Some(Duration::MAX)),
            (b"", None),
            (b"5", None),
            (b"s", None),
            (b"-6m0s", None),
            (b"6m 0s", None),
            (b"6x", None),
            (b"1.2.3s", None),
            (b"6m0", None),
        ];
        for (value, expected) in cases {
            assert_eq!(with_units(value), expected, "{}", value.escape_ascii());
        }
    }
}
