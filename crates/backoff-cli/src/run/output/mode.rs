//! What is printed, and where.

use clap::ValueEnum;
use serde::Deserialize;

/// What is printed of the output of the attempts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OutputMode {
    /// The output of every attempt, as it arrives
    #[default]
    All,
    /// The output of the last attempt only, after its end
    Last,
    /// Nothing if the command succeeds in the end; else everything, after the end
    OnFailure,
}

/// One of the two output streams.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    Stderr,
    Stdout,
}
