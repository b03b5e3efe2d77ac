//! Durations in one unit.

use std::time::Duration;

/// A unit of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    seconds: f64,
    decimals: usize,
}

/// The units, and from which number of them on each is used.
const UNITS: [(&str, f64, f64); 7] = [
    ("d", 86_400.0, 2.0),
    ("h", 3_600.0, 2.0),
    ("min", 60.0, 10.0),
    ("s", 1.0, 1.0),
    ("ms", 1e-3, 1.0),
    ("µs", 1e-6, 1.0),
    ("ns", 1e-9, 0.0),
];

/// The most decimals. A value that is smaller than the last of them is written as 0.
const MAX_DECIMALS: i32 = 6;

impl Unit {
    /// Returns the unit for some durations: the largest that fits the longest, with decimals that leave the longest three
    /// significant digits, and the others at least one.
    pub(crate) fn for_all(durations: impl IntoIterator<Item = Duration>) -> Self {
        let durations = durations.into_iter().filter(|it| *it != Duration::MAX);
        let seconds: Vec<_> = durations.map(|it| it.as_secs_f64()).collect();
        let longest = seconds.iter().copied().fold(0.0, f64::max);
        let fits = |(_, unit, from): &(&str, f64, f64)| longest > 0.0 && longest >= unit * from;
        let (name, unit, _) = UNITS.into_iter().find(fits).unwrap_or(("s", 1.0, 1.0));
        let three_digits = 2_i32.saturating_sub(magnitude(longest / unit));
        let decimals = seconds.iter().map(|it| decimals(it / unit, three_digits));
        Self {
            name,
            seconds: unit,
            decimals: decimals.max().unwrap_or(0),
        }
    }

    /// Writes a duration as a number of this unit.
    pub(crate) fn number(self, duration: Duration) -> String {
        match duration {
            Duration::ZERO => "0".to_owned(),
            Duration::MAX => "for ever".to_owned(),
            _ => format!(
                "{:.*}",
                self.decimals,
                duration.as_secs_f64() / self.seconds
            ),
        }
    }
}

/// Returns the exponent of the first digit of a number.
fn magnitude(number: f64) -> i32 {
    number.log10().floor() as i32
}

/// Returns how many decimals a number needs: enough for its first digit, and for others up to a limit, without zeros at
/// the end.
fn decimals(number: f64, limit: i32) -> usize {
    if number < 10_f64.powi(-MAX_DECIMALS) {
        return 0;
    }
    let digits = limit
        .max(magnitude(number).saturating_neg())
        .clamp(0, MAX_DECIMALS) as usize;
    let text = format!("{number:.digits$}");
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.trim_end_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_unit() {
        const MS: fn(u64) -> Duration = Duration::from_millis;
        let cases = [
            (
                &[MS(100), MS(200), MS(400)][..],
                "ms",
                &["100", "200", "400"][..],
            ),
            (&[MS(200), MS(400), MS(1_600)], "s", &["0.2", "0.4", "1.6"]),
            (&[MS(0), MS(101), MS(1_234)], "s", &["0", "0.10", "1.23"]),
            (&[MS(48), MS(133_020)], "s", &["0.05", "133.02"]),
            (&[MS(0)], "s", &["0"]),
            (&[Duration::from_nanos(7), MS(20_000)], "s", &["0", "20"]),
            (&[MS(3_600_000), Duration::MAX], "min", &["60", "for ever"]),
            (&[Duration::from_secs(86_400 * 365)], "d", &["365"]),
        ];
        for (durations, unit, expected) in cases {
            let found = Unit::for_all(durations.iter().copied());
            let numbers: Vec<_> = durations.iter().map(|it| found.number(*it)).collect();
            assert_eq!(
                (found.name, numbers),
                (unit, expected.iter().map(|it| (*it).to_owned()).collect())
            );
        }
    }
}
