#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Statistics use floats. The counts fit in them, and pixels and milliseconds may be rounded. A swept value is looked up
// exactly as it was written.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp
)]

mod chart;
mod file;
mod plan;
mod policy_flags;
mod report;
mod run;
mod simulate;
mod terminal;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Shows what a retry policy does, simulates a fleet under it, retries a command.
#[derive(Debug, Parser)]
#[command(name = "backoff", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Arguments),
    Run(run::Arguments),
    Simulate(simulate::Arguments),
}

/// The exit code for misuse, as in GNU `timeout`. A retried command has its own codes.
const MISUSE: u8 = 125;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, and is no misuse. A reader that has gone is no error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { MISUSE } else { 0 });
        }
    };
    let done = match arguments.command {
        Command::Plan(arguments) => plan::plan(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Run(arguments) => run::run(&arguments),
        Command::Simulate(arguments) => simulate::simulate(&arguments),
    };
    done.unwrap_or_else(|error| {
        terminal::print_error(&format!("backoff: {error}"));
        ExitCode::from(MISUSE)
    })
}
