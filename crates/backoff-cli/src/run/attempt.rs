//! One attempt at a command.

use std::io;
use std::process::Stdio;

use backoff_core::Failure;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::arguments::Arguments;
use super::classify::classify;
use super::command_end::CommandEnd;
use super::command_input::CommandInput;
use super::hint;
use super::output::{Capture, OutputMode};
use super::pattern::OutputPatterns;
use super::process::{Process, Surroundings};
use super::process_group::ProcessGroup;
use super::run_flags::RunFlags;

/// One attempt at a command.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) flags: &'a RunFlags,
    pub(super) patterns: &'a OutputPatterns,
    pub(super) number: u32,
    pub(super) interrupt_at: Option<Instant>,
}

/// The outcome of an attempt.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) end: CommandEnd,
    /// `None` is a success.
    pub(super) failure: Option<Failure>,
    /// A signal asked this process to end, which leaves its output until then.
    pub(super) interrupted_until: Option<Instant>,
    /// It has read input that a retry would miss.
    pub(super) took_input: bool,
}

/// What separates and connects words and commands in a shell, or is expanded by it (POSIX.1-2024, Shell, 2.2 and 2.6).
const SHELL_SYNTAX: [char; 18] = [
    ' ', '\t', '\n', '|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', '*', '?', '~',
];

impl Attempt<'_> {
    pub(super) async fn run(&self, around: &mut Surroundings) -> Outcome {
        around.output.begin_attempt();
        let mut child = match self.spawn(&mut around.input) {
            Ok(child) => child,
            Err(error) => {
                return Outcome {
                    end: CommandEnd::NotStarted(error),
                    failure: Some(Failure::permanent()),
                    interrupted_until: None,
                    took_input: around.input.end().unwrap_or(true),
                };
            }
        };
        let group = ProcessGroup::of(&child, self.flags.foreground);
        let capture = Capture::of(&mut child, Some(self.patterns));
        let kill_after = self.flags.kill_after();
        let process = Process::new(child, group, capture, self.interrupt_at, kill_after);
        let ended = process.run(around).await;
        let (end, took_input) = match around.input.end() {
            Ok(took_input) => (ended.end, took_input),
            Err(error) => (CommandEnd::InputFailed(error), true),
        };
        let (end, failure) = classify(self.flags, end, &ended.capture.finish());
        Outcome {
            end,
            failure,
            interrupted_until: ended.interrupted_until,
            took_input,
        }
    }

    fn spawn(&self, input: &mut CommandInput) -> io::Result<Child> {
        if let Some(file) = &self.flags.hint_file {
            // One that cannot be removed was checked before the first attempt, or is of an attempt's own making.
            let _ = hint::remove_file(file);
        }
        let [program, rest @ ..] = self.arguments.command.as_slice() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut command = Command::new(program);
        command
            .args(rest)
            .stdin(input.begin()?)
            .env("BACKOFF_ATTEMPT", self.number.to_string());
        if !self.flags.foreground {
            command.process_group(0);
        }
        if !self.patterns.is_empty() || self.flags.output() != OutputMode::All {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        command.spawn().map_err(|error| self.named(&error))
    }

    /// Adds the name of the command to the error that it could not be started with, and `sh -c` if it needs a shell.
    fn named(&self, error: &io::Error) -> io::Error {
        let command = self.arguments.command.as_slice();
        let program = command.first().map(|it| it.display().to_string());
        let program = program.unwrap_or_default();
        let needs_shell = command.len() == 1
            && error.kind() == io::ErrorKind::NotFound
            && program.contains(SHELL_SYNTAX);
        let hint = if needs_shell {
            "; to run a line of shell, use sh -c"
        } else {
            ""
        };
        io::Error::new(error.kind(), format!("{program}: {error}{hint}"))
    }
}
