//! The range of a number.

use std::fmt::Display;

use super::error::ScenarioError;

/// Fails if a value is outside of its range, or not a number.
pub(super) fn check<T: Copy + Display + PartialOrd>(
    key: &str,
    value: T,
    min: T,
    max: T,
) -> Result<(), ScenarioError> {
    if min <= value && value <= max {
        return Ok(());
    }
    let message = format!("{key} is {value}, and must be from {min} to {max}");
    Err(ScenarioError::at(key, message))
}
