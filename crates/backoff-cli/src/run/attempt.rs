//! One attempt at a command.

use std::fs;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use backoff_core::Failure;
use rustix::process::Signal;
use tokio::process::{Child, Command};
use tokio::time;

use super::arguments::Arguments;
use super::classify::classify;
use super::command_end::CommandEnd;
use super::command_input::CommandInput;
use super::orphans;
use super::output::Output;
use super::process_group::ProcessGroup;
use super::signals::{SignalAction, Signals};

/// One attempt at a command.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) number: u32,
    pub(super) timeout: Option<Duration>,
}

/// The outcome of an attempt.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) end: CommandEnd,
    /// `None` is a success.
    pub(super) failure: Option<Failure>,
    /// A signal asked this process to end.
    pub(super) interrupted: bool,
    /// It has read input that a retry would miss.
    pub(super) took_input: bool,
}

/// What separates and connects words and commands in a shell, or is expanded by it (POSIX.1-2024, Shell, 2.2 and 2.6).
const SHELL_SYNTAX: [char; 18] = [
    ' ', '\t', '\n', '|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', '*', '?', '~',
];

impl Attempt<'_> {
    pub(super) async fn run(&self, signals: &mut Signals, input: &mut CommandInput) -> Outcome {
        if let Some(file) = &self.arguments.hint_file {
            // Usually there is no file. One that cannot be removed shows as an old hint.
            let _ = fs::remove_file(file);
        }
        let mut child = match self.spawn(input) {
            Ok(child) => child,
            Err(error) => {
                return Outcome {
                    end: CommandEnd::NotStarted(self.named(&error)),
                    failure: Some(Failure::permanent()),
                    interrupted: false,
                    took_input: input.end().unwrap_or(true),
                };
            }
        };
        let output = Output::pass_through(&mut child);
        let (end, interrupted) = self.wait(&mut child, signals, input).await;
        let (end, took_input) = match input.end() {
            Ok(took_input) => (end, took_input),
            Err(error) => (CommandEnd::InputFailed(error), true),
        };
        orphans::reap(None);
        let output = output.finish().await;
        let failure = classify(self.arguments, &end, &output);
        let end = match end {
            CommandEnd::Exit(0) if failure.is_some() => CommandEnd::FailedOutput,
            end => end,
        };
        Outcome {
            end,
            failure,
            interrupted,
            took_input,
        }
    }

    fn spawn(&self, input: &mut CommandInput) -> io::Result<Child> {
        let arguments = self.arguments;
        let [program, rest @ ..] = arguments.command.as_slice() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut command = Command::new(program);
        command
            .args(rest)
            .stdin(input.begin()?)
            .env("BACKOFF_ATTEMPT", self.number.to_string());
        if !arguments.foreground {
            command.process_group(0);
        }
        if arguments.reads_output() {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        command.spawn()
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

    /// Waits for the command, forwards signals to it, and stops it at its timeout. Returns whether a signal ended it.
    async fn wait(
        &self,
        child: &mut Child,
        signals: &mut Signals,
        input: &mut CommandInput,
    ) -> (CommandEnd, bool) {
        let group = ProcessGroup::of(child, self.arguments.foreground);
        let kill_after = self.arguments.kill_after;
        let timeout = time::sleep(self.timeout.unwrap_or(Duration::MAX));
        let feeding = input.feed();
        tokio::pin!(feeding, timeout);
        loop {
            tokio::select! {
                status = child.wait() => return (status.into(), false),
                () = &mut timeout => {
                    let _ = group.stop(child, Signal::TERM, kill_after).await;
                    return (CommandEnd::TimedOut, false);
                }
                error = &mut feeding => {
                    let _ = group.stop(child, Signal::TERM, kill_after).await;
                    return (CommandEnd::InputFailed(error), false);
                }
                action = signals.next() => match action {
                    SignalAction::ChildEnded => orphans::reap(child.id()),
                    SignalAction::End(signal) => {
                        let status = group.stop(child, signal, kill_after).await;
                        return (status.into(), true);
                    }
                    SignalAction::Forward(signal) => group.send(signal),
                    SignalAction::Suspend => group.suspend(),
                },
            }
        }
    }
}
