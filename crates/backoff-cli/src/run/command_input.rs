//! The standard input of a command.

mod file_input;
#[cfg_attr(not(target_os = "linux"), path = "command_input/no_pipe_input.rs")]
mod pipe_input;
mod replay_input;

use std::future::pending;
use std::io;
use std::process::Stdio;

use clap::ValueEnum;
use rustix::fs::{FileType, fstat};
use serde::Deserialize;

use file_input::FileInput;
use pipe_input::PipeInput;
use replay_input::ReplayInput;

/// What each attempt gets as its standard input.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StdinMode {
    /// Nothing
    Null,
    /// The rest of the input; after an attempt that reads from it, there is no retry
    Once,
    /// The whole input, which is kept for this
    Replay,
}

/// Gives each attempt its standard input.
#[derive(Debug)]
pub(super) struct CommandInput(Source);

#[derive(Debug)]
enum Source {
    File(FileInput),
    Inherited,
    Null,
    Pipe(PipeInput),
    Replay(ReplayInput),
}

impl CommandInput {
    /// Without a mode, a pipe or a file is given once, and anything else, such as a terminal, is inherited.
    pub(super) fn open(mode: Option<StdinMode>) -> io::Result<Self> {
        let kind = fstat(io::stdin()).map(|stat| FileType::from_raw_mode(stat.st_mode));
        let source = match (mode, kind) {
            (Some(StdinMode::Null), _) => Source::Null,
            (Some(StdinMode::Replay), Ok(FileType::RegularFile)) => {
                Source::File(FileInput::replayed()?)
            }
            (Some(StdinMode::Replay), _) => Source::Replay(ReplayInput::new()),
            (_, Ok(FileType::RegularFile)) => Source::File(FileInput::once()?),
            (_, Ok(FileType::Fifo)) if PipeInput::IS_SUPPORTED => {
                Source::Pipe(PipeInput::default())
            }
            (_, _) => Source::Inherited,
        };
        Ok(Self(source))
    }

    /// Nothing.
    pub(super) const fn null() -> Self {
        Self(Source::Null)
    }

    /// Returns the standard input of the next attempt.
    pub(super) fn begin(&mut self) -> io::Result<Stdio> {
        match &mut self.0 {
            Source::File(input) => input.begin(),
            Source::Inherited => Ok(Stdio::inherit()),
            Source::Null => Ok(Stdio::null()),
            Source::Pipe(input) => input.begin(),
            Source::Replay(input) => input.begin(),
        }
    }

    /// Feeds the attempt for as long as it runs. Returns only if that fails. May be dropped and called again.
    pub(super) async fn feed(&mut self) -> io::Error {
        let fed = match &mut self.0 {
            Source::Replay(input) => input.feed().await,
            _ => Ok(()),
        };
        match fed {
            Ok(()) => pending().await,
            Err(error) => error,
        }
    }

    /// Ends an attempt. Returns whether it read input that a retry would miss.
    ///
    /// # Errors
    ///
    /// Fails if the attempt did not get all of the input.
    pub(super) fn end(&mut self) -> io::Result<bool> {
        match &mut self.0 {
            Source::File(input) => Ok(input.is_read()),
            Source::Inherited | Source::Null | Source::Replay(_) => Ok(false),
            Source::Pipe(input) => input.end(),
        }
    }
}
