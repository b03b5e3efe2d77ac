//! The line of shell that runs before a retry.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::Instant;

use super::attempt::Outcome;
use super::command_end::CommandEnd;
use super::command_input::CommandInput;
use super::log::Record;
use super::output::Capture;
use super::process::{Process, Surroundings};
use super::process_group::ProcessGroup;

/// The line of shell that runs before a retry: `--on-retry`.
#[derive(Debug)]
pub(super) struct RetryHook<'a> {
    pub(super) line: &'a str,
    /// What was told of the attempt that has failed.
    pub(super) record: &'a Record,
    pub(super) interrupt_at: Option<Instant>,
    pub(super) kill_after: Duration,
}

impl RetryHook<'_> {
    /// Runs the line. Returns how it ended, and until when output may be written if a signal asked this process to end.
    pub(super) async fn run(
        &self,
        failed: &Outcome,
        around: &mut Surroundings,
    ) -> (CommandEnd, Option<Instant>) {
        let mut command = Command::new("sh");
        command
            .args(["-c", self.line])
            .env("BACKOFF_ATTEMPT", self.record.attempt().to_string())
            .env("BACKOFF_EXIT_CODE", failed.end.code().to_string())
            .env("BACKOFF_DELAY_MS", self.record.delay_ms().to_string())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return (CommandEnd::NotStarted(named(&error)), None),
        };
        let group = ProcessGroup::of(&child, false);
        let capture = Capture::of(&mut child, None).into_stderr();
        let process = Process::new(child, group, capture, self.interrupt_at, self.kill_after);
        // The input belongs to the attempts.
        let input = std::mem::replace(&mut around.input, CommandInput::null());
        let ended = process.run(around).await;
        around.input = input;
        (ended.end, ended.interrupted_until)
    }
}

fn named(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("sh: {error}"))
}
