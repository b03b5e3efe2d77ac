//! The mean of several runs.

/// The mean and the standard deviation of several runs.
///
/// # Examples
///
/// ```
/// use backoff_sim::Summary;
///
/// let summary = Summary::of([2.0, 4.0, 6.0]);
/// assert_eq!((summary.mean, summary.deviation), (4.0, 2.0));
/// assert!((summary.standard_error() - 2.0 / 3.0_f64.sqrt()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The number of values.
    pub count: u64,
    /// Their mean, or NaN if there are no values.
    pub mean: f64,
    /// Their sample standard deviation, or 0 for a single value.
    pub deviation: f64,
}

impl Summary {
    /// Summarises values. NaN does not count.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        // Welford's method needs one pass, and subtracts no large sums.
        let (mut count, mut mean, mut squares) = (0_u64, 0.0, 0.0);
        for value in values.into_iter().filter(|value| !value.is_nan()) {
            count += 1;
            let before = value - mean;
            mean += before / count as f64;
            squares += before * (value - mean);
        }
        Self {
            count,
            mean: if count == 0 { f64::NAN } else { mean },
            deviation: (squares / count.saturating_sub(1).max(1) as f64).sqrt(),
        }
    }

    /// Returns the standard error of the mean: the deviation divided by the square root of the count.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        self.deviation / (self.count.max(1) as f64).sqrt()
    }
}
