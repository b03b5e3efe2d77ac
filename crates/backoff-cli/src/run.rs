//! `backoff run`: a command, again and again.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use backoff_tokio::{DelayOrigin, Event, GiveUp, outcomes};
use regex_lite::Regex;
use tokio::runtime;

use crate::command::{Attempt, Ending, Outcome};
use crate::group::{Signals, adopt};
use crate::policy::Flags;
use crate::span::span;
use crate::tell;

/// Runs a command, and runs it again while it fails.
///
/// A command that exits with 0 has succeeded; any other exit is a transient failure, unless a flag says otherwise. The
/// exit status is the command's own: that of the last attempt, 128 + n after signal n, 124 where it was stopped at its
/// timeout or the deadline, 126 and 127 where it could not be started, 125 where backoff itself was misused.
///
/// Each attempt runs in a process group of its own, which is stopped as a whole, and finds its number in the variable
/// `BACKOFF_ATTEMPT`.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    policy: Flags,
    /// Exit codes that are transient failures; all others are permanent then, but a timeout is not
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) transient: Vec<i32>,
    /// Exit codes that are permanent failures
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) permanent: Vec<i32>,
    /// A failed attempt whose output matches is a transient failure, whatever its exit code; may be repeated
    #[arg(long, value_name = "REGEX")]
    pub(crate) transient_output: Vec<Regex>,
    /// A failed attempt whose output matches is a permanent failure, before all else; may be repeated
    #[arg(long, value_name = "REGEX")]
    pub(crate) permanent_output: Vec<Regex>,
    /// Where the output of a failed attempt matches, its first group says how long to wait: seconds, "1m 30s", or a date
    /// as in Retry-After
    #[arg(long, value_name = "REGEX", value_parser = with_a_group)]
    pub(crate) hint_output: Option<Regex>,
    /// The same from a file, which an attempt may write; it is removed before each
    #[arg(long, value_name = "FILE")]
    pub(crate) hint_file: Option<PathBuf>,
    /// How long a command that is told to stop may take, before it is killed
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = humantime::parse_duration)]
    pub(crate) kill_after: Duration,
    /// Run the command in this process group, so that it may read from the terminal; its children are not stopped then
    #[arg(long)]
    pub(crate) foreground: bool,
    /// Do not say anything about retries
    #[arg(long, short)]
    quiet: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

fn with_a_group(text: &str) -> Result<Regex, String> {
    let pattern = Regex::new(text).map_err(|error| error.to_string())?;
    if pattern.captures_len() < 2 {
        return Err("no group, such as ([0-9]+), that says how long to wait".to_owned());
    }
    Ok(pattern)
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let code = runtime.block_on(retry(arguments))?;
    // A pipe that a process left behind holds open must not hold up the end.
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}

async fn retry(arguments: &Arguments) -> Result<u8, String> {
    let settings = arguments.policy.settings()?;
    let policy = settings.policy();
    adopt();
    let mut signals = Signals::listen().map_err(|error| error.to_string())?;
    let mut attempts = backoff_tokio::attempts(&policy)
        .when(outcomes(|outcome: &Outcome| outcome.failure))
        .on_event(|event: &Event<'_, Outcome>| {
            if !arguments.quiet {
                log(event);
            }
        });
    loop {
        let attempt = Attempt {
            arguments,
            number: attempts.attempt(),
            timeout: attempts.attempt_timeout(),
        };
        let outcome = attempt.run(&mut signals).await;
        if outcome.interrupted {
            return Ok(outcome.ending.code());
        }
        let Some(pause) = attempts.pause_after(&outcome) else {
            return Ok(outcome.ending.code());
        };
        tokio::select! {
            () = pause => {}
            signal = signals.next_that_ends() => {
                return Ok(Ending::Signal(signal.as_raw()).code());
            }
        }
    }
}

fn log(event: &Event<'_, Outcome>) {
    match event {
        Event::Retrying {
            attempt,
            elapsed,
            delay,
            origin,
            outcome,
            ..
        } => {
            let asked = match origin {
                DelayOrigin::Hint => ", as asked",
                DelayOrigin::ClampedHint => ", less than asked",
                _ => "",
            };
            let (ending, elapsed, delay) = (&outcome.ending, span(*elapsed), span(*delay));
            tell(&format!(
                "backoff: attempt {attempt} {ending} after {elapsed}; retrying in {delay}{asked}"
            ));
        }
        Event::GaveUp {
            attempt,
            elapsed,
            reason,
            outcome,
            ..
        } => {
            let (ending, elapsed) = (&outcome.ending, span(*elapsed));
            let flag = match reason {
                GiveUp::Deadline => " (--deadline)",
                GiveUp::Attempts => " (--max-attempts)",
                _ => "",
            };
            tell(&format!(
                "backoff: attempt {attempt} {ending} after {elapsed}; giving up: {reason}{flag}"
            ));
        }
        _ => {}
    }
}
