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

mod arguments;
mod chart;
mod environment;
mod file;
mod plan;
mod policy_file;
mod policy_flags;
mod report;
#[cfg_attr(not(unix), path = "no_run.rs")]
mod run;
mod shell_files;
mod simulate;
mod terminal;
mod text;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use arguments::{Arguments, Subcommand};

/// The exit code for misuse, as in GNU `timeout`. A retried command has its own codes.
const MISUSE: u8 = 125;

fn main() -> ExitCode {
    let matches = arguments::command().try_get_matches();
    let arguments = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, and is no misuse. A reader that has gone is no error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { MISUSE } else { 0 });
        }
    };
    let done = match arguments.subcommand {
        Subcommand::Completions(arguments) => {
            shell_files::print_completions(&arguments, Arguments::command())
        }
        Subcommand::Man => shell_files::print_man_page(Arguments::command()),
        Subcommand::Plan(arguments) => plan::plan(&arguments),
        Subcommand::Run(arguments) => run::run(&arguments),
        Subcommand::Simulate(arguments) => simulate::simulate(&arguments),
    };
    done.unwrap_or_else(|error| {
        terminal::print_error(&format!("backoff: {error}"));
        ExitCode::from(MISUSE)
    })
}
