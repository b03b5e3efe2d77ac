//! How a command ended.

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use rustix::process::Signal;

/// How a command ended.
#[derive(Debug)]
pub(super) enum CommandEnd {
    Exit(i32),
    /// It exited with 0, but this is true of its output.
    FailedOutput(&'static str),
    /// Its standard input could not be read or kept, so it was stopped.
    InputFailed(io::Error),
    NotStarted(io::Error),
    /// Its output could not be written or kept, so it was stopped.
    OutputFailed(io::Error),
    Signal(i32),
    TimedOut,
}

impl CommandEnd {
    /// Returns the exit code for this end, as in shells and GNU `timeout`.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Exit(code) => *code as u8,
            Self::FailedOutput(_) | Self::InputFailed(_) | Self::OutputFailed(_) => 1,
            Self::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotStarted(_) => 126,
            Self::Signal(signal) => 128 + *signal as u8,
            Self::TimedOut => 124,
        }
    }

    /// Returns whether the command was ended because the reader of its output has gone. A shell tells it by its exit code
    /// if that happens to a command in it.
    pub(super) fn is_broken_pipe(&self) -> bool {
        let pipe = Signal::PIPE.as_raw();
        matches!(self, Self::Signal(signal) if *signal == pipe)
            || matches!(self, Self::Exit(code) if *code == 128 + pipe)
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
            Self::Exit(_) | Self::Signal(_) if self.is_broken_pipe() => {
                f.write_str("was ended by SIGPIPE, because the reader of its output has gone")
            }
            Self::Exit(code) => write!(f, "failed with exit code {code}"),
            Self::FailedOutput(what) => write!(f, "exited with 0, but its output {what}"),
            Self::InputFailed(error) => {
                write!(f, "was stopped, because its input failed ({error})")
            }
            Self::NotStarted(error) => write!(f, "could not be started ({error})"),
            Self::OutputFailed(error) => {
                write!(f, "failed, because its output cannot be written ({error})")
            }
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}
