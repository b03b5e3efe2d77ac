//! One number of two tables.

use crate::study::Metric;

/// Compares one number of two tables.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The name of the policy.
    pub policy: String,
    /// The swept value.
    pub point: f64,
    /// The metric.
    pub metric: Metric,
    /// The number in this table.
    pub ours: f64,
    /// The number in the other table.
    pub theirs: f64,
    /// Ours minus theirs, in standard errors of the difference.
    pub errors: f64,
}

impl Comparison {
    /// Returns whether the numbers are within four standard errors.
    ///
    /// In a table of 1,000 numbers that agree, one exceeds this by chance with a probability of one in sixteen.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.errors.abs() <= 4.0
    }
}
