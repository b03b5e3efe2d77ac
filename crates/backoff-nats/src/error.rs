//! Why a message could not be settled.

use std::error::Error;
use std::fmt;

type Source = Box<dyn Error + Send + Sync>;

/// A message could not be settled. It stays in its stream, and is delivered again when its acknowledgement is due.
///
/// The server was asked several times, for up to ten seconds.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettleError {
    /// The dead letter could not be published. Does a stream listen to its subject, and take a message of this size?
    DeadLetter(Source),
    /// The message does not come from a consumer of JetStream.
    NotJetStream(Source),
    /// The note of the message could not be read or written.
    Note(Source),
    /// The redelivery could not be scheduled. Does the stream allow message schedules, and listen to the subject?
    Schedule(Source),
    /// The server did not confirm the acknowledgement. It may have received it.
    Unconfirmed(Source),
}

impl fmt::Display for SettleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::DeadLetter(_) => "the dead letter was not published",
            Self::NotJetStream(_) => "the message does not come from JetStream",
            Self::Note(_) => "the note of the message is out of reach",
            Self::Schedule(_) => "the redelivery was not scheduled",
            Self::Unconfirmed(_) => "the acknowledgement was not confirmed",
        };
        write!(f, "{what}: {}", self.cause())
    }
}

impl SettleError {
    fn cause(&self) -> &Source {
        match self {
            Self::DeadLetter(source)
            | Self::NotJetStream(source)
            | Self::Note(source)
            | Self::Schedule(source)
            | Self::Unconfirmed(source) => source,
        }
    }
}

impl Error for SettleError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.cause())
    }
}
