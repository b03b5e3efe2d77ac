#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Statistics are floats, and the counts that they are made of fit them; pixels and milliseconds round; a swept value
// is looked up as it was written.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp
)]

mod chart;
mod command;
mod group;
mod output;
mod plan;
mod policy;
mod report;
mod run;
mod simulate;
mod span;
mod timeline;

use std::io::{self, Write};
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

/// Something is wrong with what was asked; the codes of a retried command are its own.
const MISUSE: u8 = 125;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, and is no misuse; nobody minds where the reader has gone.
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
        let _ = writeln!(io::stderr(), "backoff: {error}");
        ExitCode::from(MISUSE)
    })
}

/// Writes to standard output; nobody minds where the reader has gone.
fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Writes a line to standard error.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
