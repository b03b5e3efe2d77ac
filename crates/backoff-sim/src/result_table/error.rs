//! What is wrong with a table of results.

use std::fmt;

/// Says what is wrong with a table of results, in one line.
#[derive(Debug)]
pub struct ResultTableError(String);

impl ResultTableError {
    pub(super) fn new(message: String) -> Self {
        Self(message)
    }
}

impl From<csv::Error> for ResultTableError {
    fn from(error: csv::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for ResultTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ResultTableError {}
