//! `backoff run`, where it cannot run.

use std::ffi::OsString;
use std::process::ExitCode;

/// Retries a command; only on Unix, because it needs process groups and signals
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    command: Vec<OsString>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let command = arguments.command.first().map(|it| it.display().to_string());
    Err(format!(
        "run: {}: not available on this system: it needs the process groups and signals of Unix",
        command.unwrap_or_default()
    ))
}
