//! The arguments of `backoff run`.

use std::ffi::OsString;

use super::run_flags::RunFlags;
use crate::policy_flags::PolicyFlags;

/// Runs a command, and runs it again while it fails
#[derive(Debug, clap::Args)]
#[command(next_line_help = false, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) flags: RunFlags,
    #[command(flatten)]
    pub(super) policy: PolicyFlags,
    /// Print the schedule of the policy, run nothing
    #[arg(long, help_heading = "Attempts")]
    pub(super) dry_run: bool,
    /// The command with its arguments; for shell: sh -c LINE
    #[arg(required = true, trailing_var_arg = true, help_heading = "Command")]
    pub(super) command: Vec<OsString>,
}

const AFTER_HELP: &str = "\
Exit 0 is a success, anything else a failure that is retried, unless a flag says
otherwise. The exit status is that of the last attempt; 124 after a timeout, 125
for misuse, 126 or 127 if the command cannot be started, 128 + n after signal n.
BACKOFF_ATTEMPT tells the command the number of the attempt.

A variable is the default of its flag: BACKOFF_MAX_ATTEMPTS for --max-attempts.

Examples:
  backoff run -- curl -fsS https://example.org/health
  backoff run --deadline 2m --until-output Ready -- kubectl get pods
  backoff run --output on-failure --transient-errors rsync -- rsync -a a/ host:b/";
