//! The arguments of `backoff run`.

use std::ffi::OsString;

use super::run_flags::RunFlags;
use crate::policy_flags::PolicyFlags;

/// Runs a command, and runs it again while it fails.
///
/// A command that exits with 0 has succeeded. Any other exit is a transient failure, unless a flag says otherwise.
/// The exit status is that of the last attempt; 128 + n after signal n, 124 after a timeout or the deadline, 126 or
/// 127 if the command cannot be started, 125 if backoff itself is misused. `BACKOFF_ATTEMPT` is the number of the attempt.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  backoff run -- curl -fsS https://example.org/health
  backoff run --max-attempts forever --deadline 2m --until-output Ready -- kubectl get pods
  backoff run --output on-failure --transient-errors rsync -- rsync -a src/ host:dst/   (in cron)

Environment: BACKOFF_MAX_ATTEMPTS, BACKOFF_OUTPUT, .. for --max-attempts, --output, ..
The table [run] of a policy file has the same names: transient = [75]. Flags come first, then the environment.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) flags: RunFlags,
    #[command(flatten)]
    pub(super) policy: PolicyFlags,
    /// Print the schedule of the policy, and run nothing
    #[arg(long, help_heading = "Attempts")]
    pub(super) dry_run: bool,
    /// The command and its arguments; for a line of shell: sh -c 'a | b'
    #[arg(required = true, trailing_var_arg = true)]
    pub(super) command: Vec<OsString>,
}
