//! Numbers from elsewhere, to compare with.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Describes a table of numbers that others measured, to compare with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// A CSV file, searched for in the scenario's folder and in those above it.
    pub file: String,
    /// Its column with the name of the policy.
    pub policy: String,
    /// Its column with the swept value.
    pub point: String,
    /// Its column with the number of runs.
    pub runs: String,
    /// Its columns of mean and standard deviation, by the name of the metric here.
    pub columns: BTreeMap<String, [String; 2]>,
}
