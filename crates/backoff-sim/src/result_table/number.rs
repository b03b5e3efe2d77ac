//! A number of a table.

use crate::study::Summary;

/// A mean and its standard deviation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) mean: f64,
    pub(super) deviation: f64,
    /// The unit of the last digit in the file, or 0 for a number that was not read from one.
    unit: f64,
}

impl Number {
    pub(super) fn of(summary: Summary) -> Option<Self> {
        (summary.count > 0).then_some(Self {
            mean: summary.mean,
            deviation: summary.deviation,
            unit: 0.0,
        })
    }

    pub(super) fn parse(mean: &str, deviation: &str) -> Option<Self> {
        let decimals = mean
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        Some(Self {
            mean: parse(mean)?,
            deviation: parse(deviation)?,
            unit: 10_f64.powf(-(decimals as f64)),
        })
    }

    /// Returns the distance to another number in standard errors of the difference.
    ///
    /// Rounding to a unit adds a twelfth of its square to the variance.
    pub(super) fn errors(self, runs: u64, other: Self, other_runs: u64) -> f64 {
        let variance = |number: Self, runs: u64| {
            number.deviation.powi(2) / runs.max(1) as f64 + number.unit.powi(2) / 12.0
        };
        let difference = self.mean - other.mean;
        if difference == 0.0 {
            return 0.0;
        }
        difference / (variance(self, runs) + variance(other, other_runs)).sqrt()
    }
}

pub(super) fn parse(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// Writes a number with seven significant digits.
pub(super) fn digits(number: f64) -> String {
    let whole = number.abs().max(1.0).log10() as usize + 1;
    let text = format!("{number:.*}", 7_usize.saturating_sub(whole));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
