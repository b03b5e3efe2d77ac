//! The arguments of `backoff run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use regex_lite::Regex;

use super::command_input::StdinMode;
use crate::policy_flags::PolicyFlags;

/// Runs a command, and runs it again while it fails.
///
/// A command that exits with 0 has succeeded. Any other exit is a transient failure, unless a flag says otherwise. The
/// exit status is that of the last attempt: 128 + n after signal n, 124 after a timeout or the deadline, 126 or 127 if
/// the command cannot be started, 125 if backoff itself is misused.
///
/// Each attempt runs in its own process group, which is stopped as a whole. The variable `BACKOFF_ATTEMPT` holds the
/// number of the attempt, from 1 on.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) policy: PolicyFlags,
    /// Exit codes that are transient failures; all others are permanent then, except a timeout
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(super) transient: Vec<u8>,
    /// Exit codes that are permanent failures
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(super) permanent: Vec<u8>,
    /// An attempt whose output matches is a transient failure, whatever its exit code, even 0; may be repeated
    #[arg(long, value_name = "REGEX")]
    pub(super) transient_output: Vec<Regex>,
    /// A failed attempt whose output matches is a permanent failure, whatever else applies; may be repeated
    #[arg(long, value_name = "REGEX")]
    pub(super) permanent_output: Vec<Regex>,
    /// If the output of a failed attempt matches, the first group says how long to wait: seconds, "1m 30s", or a date
    /// as in Retry-After
    #[arg(long, value_name = "REGEX", value_parser = with_a_group)]
    pub(super) hint_output: Option<Regex>,
    /// A file that an attempt may write to say how long to wait; it is removed before each attempt
    #[arg(long, value_name = "FILE")]
    pub(super) hint_file: Option<PathBuf>,
    /// The time between asking a command to stop and killing it
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = humantime::parse_duration)]
    pub(super) kill_after: Duration,
    /// Run the command in this process group, so that it can read from the terminal; its children are not stopped then
    #[arg(long)]
    pub(super) foreground: bool,
    /// What each attempt gets as its standard input [default: once if that is a pipe or a file, else inherited]
    #[arg(long, value_name = "MODE", value_enum)]
    pub(super) stdin: Option<StdinMode>,
    /// Print nothing about retries
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    pub(super) command: Vec<OsString>,
}

fn with_a_group(text: &str) -> Result<Regex, String> {
    let pattern = Regex::new(text).map_err(|error| error.to_string())?;
    if pattern.captures_len() < 2 {
        return Err("no group, such as ([0-9]+), that says how long to wait".to_owned());
    }
    Ok(pattern)
}

impl Arguments {
    /// Whether the output must be read. Otherwise the command writes to the outputs of this process.
    pub(super) fn reads_output(&self) -> bool {
        let patterns = self.transient_output.len() + self.permanent_output.len();
        patterns > 0 || self.hint_output.is_some()
    }
}
