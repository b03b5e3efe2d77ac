//! The arguments of the command.

use clap::{CommandFactory, Parser};

use crate::environment;
use crate::plan;
use crate::run;
use crate::shell_files;
use crate::simulate;

/// Shows what a retry policy does, simulates a fleet under it, retries a command.
#[derive(Debug, Parser)]
#[command(name = "backoff", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    Completions(shell_files::Completions),
    /// Prints the man page
    #[command(after_help = "Example: backoff man > ~/.local/share/man/man1/backoff.1")]
    Man,
    Plan(Box<plan::Arguments>),
    Run(Box<run::Arguments>),
    Simulate(simulate::Arguments),
}

/// Returns the command as clap sees it, with defaults from the environment.
pub(crate) fn command() -> clap::Command {
    let command = Arguments::command();
    let command = command.mut_subcommand("plan", environment::with_defaults);
    command.mut_subcommand("run", environment::with_defaults)
}
