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
}

impl Attempt<'_> {
    pub(super) async fn run(&self, signals: &mut Signals) -> Outcome {
        if let Some(file) = &self.arguments.hint_file {
            // Usually there is no file. One that cannot be removed shows as an old hint.
            let _ = fs::remove_file(file);
        }
        let mut child = match self.spawn() {
            Ok(child) => child,
            Err(error) => {
                return Outcome {
                    end: CommandEnd::NotStarted(self.named(&error)),
                    failure: Some(Failure::permanent()),
                    interrupted: false,
                };
            }
        };
        let output = Output::pass_through(&mut child);
        let (end, interrupted) = self.wait(&mut child, signals).await;
        let output = output.finish().await;
        Outcome {
            failure: classify(self.arguments, &end, &output),
            end,
            interrupted,
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let arguments = self.arguments;
        let [program, rest @ ..] = arguments.command.as_slice() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut command = Command::new(program);
        command
            .args(rest)
            .env("BACKOFF_ATTEMPT", self.number.to_string());
        if !arguments.foreground {
            command.process_group(0);
        }
        if arguments.reads_output() {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        command.spawn()
    }

    /// Adds the name of the command to the error that it could not be started with.
    fn named(&self, error: &io::Error) -> io::Error {
        let program = self.arguments.command.first();
        let program = program.map_or_else(String::new, |it| it.display().to_string());
        io::Error::new(error.kind(), format!("{program}: {error}"))
    }

    /// Waits for the command, forwards signals to it, and stops it at its timeout. Returns whether a signal ended it.
    async fn wait(&self, child: &mut Child, signals: &mut Signals) -> (CommandEnd, bool) {
        let group = ProcessGroup::of(child, self.arguments.foreground);
        let timeout = time::sleep(self.timeout.unwrap_or(Duration::MAX));
        tokio::pin!(timeout);
        loop {
            tokio::select! {
                status = child.wait() => return (status.into(), false),
                () = &mut timeout => {
                    let _ = group.stop(child, Signal::TERM, self.arguments.kill_after).await;
                    return (CommandEnd::TimedOut, false);
                }
                action = signals.next() => match action {
                    SignalAction::End(signal) => {
                        let status = group.stop(child, signal, self.arguments.kill_after).await;
                        return (status.into(), true);
                    }
                    SignalAction::Forward(signal) => group.send(signal),
                    SignalAction::Suspend => group.suspend(),
                },
            }
        }
    }
}
