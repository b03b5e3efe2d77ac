//! Durations as a log shows them.

use core::fmt::{self, Write};

use crate::nanos;

/// A duration in nanoseconds, shown exactly, with one unit: `200 ms`, `1.5 s`, `90 s`.
///
/// `u64::MAX` reads `endless`.
pub(crate) struct DurationText(pub(crate) u64);

impl fmt::Display for DurationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(duration) = nanos::limit(self.0) else {
            return f.write_str("endless");
        };
        let below_one_second = duration.subsec_nanos();
        let (whole, billionths, unit) = match (duration.as_secs(), below_one_second) {
            (0, 0) => (0, 0, "s"),
            (0, nanos @ ..1_000) => (nanos.into(), 0, "ns"),
            (0, nanos @ ..1_000_000) => ((nanos / 1_000).into(), nanos % 1_000 * 1_000_000, "us"),
            (0, nanos) => ((nanos / 1_000_000).into(), nanos % 1_000_000 * 1_000, "ms"),
            (secs, nanos) => (secs, nanos, "s"),
        };
        write!(f, "{whole}")?;
        write_fraction(f, billionths)?;
        write!(f, " {unit}")
    }
}

/// Writes a point and as many digits as are needed, or nothing.
fn write_fraction(f: &mut fmt::Formatter<'_>, billionths: u32) -> fmt::Result {
    let mut rest = billionths;
    if rest > 0 {
        f.write_char('.')?;
    }
    while rest > 0 {
        f.write_char(char::from(b'0' + (rest / 100_000_000) as u8))?;
        rest = rest % 100_000_000 * 10;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_duration_has_one_unit_and_all_its_digits() {
        let cases = [
            (0, "0 s"),
            (1, "1 ns"),
            (999, "999 ns"),
            (1_000, "1 us"),
            (1_050, "1.05 us"),
            (999_999, "999.999 us"),
            (1_000_000, "1 ms"),
            (1_500_000, "1.5 ms"),
            (200_000_000, "200 ms"),
            (999_999_999, "999.999999 ms"),
            (1_000_000_000, "1 s"),
            (1_500_000_000, "1.5 s"),
            (1_000_000_001, "1.000000001 s"),
            (90_000_000_000, "90 s"),
            (u64::MAX - 1, "18446744073.709551614 s"),
            (u64::MAX, "endless"),
        ];
        for (nanos, text) in cases {
            assert_eq!(DurationText(nanos).to_string(), text, "{nanos}");
        }
    }
}
