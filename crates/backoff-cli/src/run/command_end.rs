//! How a command ended.

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// How a command ended.
#[derive(Debug)]
pub(super) enum CommandEnd {
    Exit(i32),
    /// It exited with 0, but its output shows a failure.
    FailedOutput,
    /// Its standard input could not be read or kept, so it was stopped.
    InputFailed(io::Error),
    NotStarted(io::Error),
    Signal(i32),
    TimedOut,
}

impl CommandEnd {
    /// Returns the exit code for this end, as in shells and GNU `timeout`.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Exit(code) => *code as u8,
            Self::FailedOutput | Self::InputFailed(_) => 1,
            Self::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotStarted(_) => 126,
            Self::Signal(signal) => 128 + *signal as u8,
            Self::TimedOut => 124,
        }
    }
}

impl From<ExitStatus> for CommandEnd {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Exit(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

impl From<io::Result<ExitStatus>> for CommandEnd {
    fn from(status: io::Result<ExitStatus>) -> Self {
        status.map_or_else(Self::NotStarted, Self::from)
    }
}

impl fmt::Display for CommandEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "failed with exit code {code}"),
            Self::FailedOutput => {
                f.write_str("exited with 0, but its output matches --transient-output")
            }
            Self::InputFailed(error) => {
                write!(f, "was stopped, because its input failed ({error})")
            }
            Self::NotStarted(error) => write!(f, "could not be started ({error})"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}
