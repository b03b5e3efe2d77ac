//! `backoff plan`: the schedule of a policy.

mod bounds;
mod json;
mod retry_plan;
mod table;
mod timeline;

use std::path::PathBuf;
use std::process::ExitCode;

use backoff_settings::PolicySettings;

use crate::file;
use crate::policy_flags::PolicyFlags;
use crate::terminal::{columns, print};
use retry_plan::RetryPlan;

/// Shows the schedule of a policy
#[derive(Debug, clap::Args)]
#[command(next_line_help = false, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    policy: PolicyFlags,
    /// Print the policy as Rust source instead of a table
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    rust: bool,
    /// Print the schedule as JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Draw the schedule into an SVG file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    svg: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
The table is of a call whose every attempt fails at once. \"half by\" and \"95% by\"
say when half and 95 % of such calls have made a retry, \"made by\" how many do.

A variable is the default of its flag: BACKOFF_MAX_ATTEMPTS for --max-attempts.

Example:
  backoff plan --base 200ms --max-delay 30s --deadline 1m --svg plan.svg";

pub(crate) fn plan(arguments: &Arguments) -> Result<ExitCode, String> {
    let settings = arguments.policy.settings()?;
    let plan = RetryPlan::of(&settings);
    if let Some(file) = &arguments.svg {
        file::write(file, &timeline::chart(&plan).document())?;
    }
    let text = if arguments.rust {
        settings.to_rust()
    } else if arguments.json {
        json::json(&plan)
    } else {
        table::table(&plan, columns())
    };
    print(&text).map(|()| ExitCode::SUCCESS)
}

/// Prints the schedule of a policy as a table.
#[cfg(unix)] // for `backoff run`
pub(crate) fn print_schedule(settings: &PolicySettings) -> Result<(), String> {
    print(&table::table(&RetryPlan::of(settings), columns()))
}
