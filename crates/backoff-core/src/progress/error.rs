//! Why bytes are not saved progress.

use core::fmt;

/// Why bytes are not saved progress.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum ProgressError {
    /// The record names attempt 0, but attempts count from 1.
    Attempt,
    /// The record is damaged: its checksum does not match.
    Checksum,
    /// The memory holds no record, or one of another version.
    Version,
}

impl fmt::Display for ProgressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempt => "saved progress names attempt 0",
            Self::Checksum => "saved progress is damaged: its checksum does not match",
            Self::Version => "no saved progress, or one of another version",
        })
    }
}

impl core::error::Error for ProgressError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn every_error_has_its_words() {
        let cases = [
            (ProgressError::Attempt, "saved progress names attempt 0"),
            (
                ProgressError::Checksum,
                "saved progress is damaged: its checksum does not match",
            ),
            (
                ProgressError::Version,
                "no saved progress, or one of another version",
            ),
        ];
        for (error, words) in cases {
            assert_eq!(error.to_string(), words);
        }
    }
}
