//! The parts of field values: white space, digits and times.

use core::time::Duration;

use backoff_core::nanos::to_duration;

/// Removes the spaces and tabs around a value (RFC 9110, sections 5.5 and 5.6.3).
#[inline]
pub(crate) const fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Reads a number that consists of digits only, or returns `None`. Above [`u64::MAX`] it saturates.
#[inline]
pub(crate) fn digits(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number.saturating_mul(10).saturating_add(u64::from(digit)))
    })
}

/// Splits a text behind its first bytes of a kind.
pub(crate) fn split(text: &[u8], kind: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !kind(byte))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// The unit of time of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Millisecond,
    Second,
}

impl Unit {
    const fn nanos(self) -> u64 {
        match self {
            Self::Millisecond => 1_000_000,
            Self::Second => 1_000_000_000,
        }
    }
}

/// Reads a number of units as a time. If `fractions` are allowed, it may be a number like `2.5`.
///
/// Digits below a nanosecond are dropped. Above 584 years, the whole fraction is.
pub(crate) fn time(value: &[u8], unit: Unit, fractions: bool) -> Option<Duration> {
    let point = value.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point.and_then(|point| value.split_at_checked(point)) {
        Some((whole, [_, fraction @ ..])) if fractions => (whole, nanos(fraction, unit)?),
        _ => (value, 0),
    };
    Some(sum(digits(whole)?, unit, fraction))
}

/// Adds a number of units and some nanoseconds, which must be less than a unit.
///
/// It does without the operators of [`Duration`], because firmware that does not inline them links their panics.
pub(crate) fn sum(whole: u64, unit: Unit, nanos: u64) -> Duration {
    match unit {
        _ if whole < u64::MAX / unit.nanos() => to_duration(whole * unit.nanos() + nanos),
        Unit::Millisecond => Duration::from_millis(whole),
        Unit::Second => Duration::from_secs(whole),
    }
}

/// Reads the digits behind the point of a number of units as nanoseconds.
fn nanos(fraction: &[u8], unit: Unit) -> Option<u64> {
    digits(fraction)?;
    let (nanos, _) = fraction
        .iter()
        .fold((0, unit.nanos()), |(nanos, place), digit| {
            let place = place / 10;
            (nanos + u64::from(digit.wrapping_sub(b'0')) * place, place)
        });
    Some(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spaces_and_tabs_are_trimmed() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b" \t1 2\t ", b"1 2"),
            (b" \t ", b""),
            (b"", b""),
            (b"\n1", b"\n1"),
            (b"1\xa0", b"1\xa0"),
        ];
        for (value, expected) in cases {
            assert_eq!(trim(value), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_number_consists_of_digits_only() {
        let cases: [(&[u8], Option<u64>); 9] = [
            (b"0", Some(0)),
            (b"0042", Some(42)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"", None),
            (b"-1", None),
            (b"1.0", None),
            (b"1e3", None),
            (b"1:", None),
            (b"\xd9\xa5", None),
        ];
        for (value, expected) in cases {
            assert_eq!(digits(value), expected, "{}", value.escape_ascii());
        }
    }

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
                Some(Duration::from_secs(18_446_744_073)),
            ),
            (
                b"18446744073708.9",
                Millisecond,
                Some(Duration::new(18_446_744_073, 708_900_000)),
            ),
            (
                b"18446744073709.9",
                Millisecond,
                Some(Duration::from_millis(18_446_744_073_709)),
            ),
            (
                b"99999999999999999999.9",
                Second,
                Some(Duration::from_secs(u64::MAX)),
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
}
