//! What happens to messages, as it happens.

use std::fmt;
use std::time::Duration;

use backoff_queue::Settlement;
use backoff_tokio::Failure;

use crate::error::SettleError;

/// Something that happened to a delivered message. Its `Display` is one line for a log.
///
/// # Examples
///
/// ```
/// use backoff_nats::{MessageEvent, MessageEventKind, Settlement};
///
/// fn log(event: &MessageEvent<'_>) {
///     if let MessageEventKind::Settled { settlement: Settlement::DeadLetter(reason), .. } = event.kind {
///         println!("{} {}: {reason}", event.subject, event.sequence);
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct MessageEvent<'a> {
    /// The subject of the message.
    pub subject: &'a str,
    /// The stream of the message.
    pub stream: &'a str,
    /// The consumer that delivered it.
    pub consumer: &'a str,
    /// The sequence number of the message in its stream.
    pub sequence: u64,
    /// The number of the attempt; the first is 1.
    pub attempt: u32,
    /// How often the server delivered it under this sequence number.
    pub deliveries: u64,
    /// The time since the message was published.
    pub age: Duration,
    /// What happened.
    pub kind: MessageEventKind<'a>,
}

/// What happened to a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum MessageEventKind<'a> {
    /// It was delivered too early, as after a restart of the server, or its worker stops. It was handed back
    /// without an attempt, for this long.
    HandedBack(Duration),
    /// Its attempt ended, and the server confirmed the settlement.
    #[non_exhaustive]
    Settled {
        /// What was decided.
        settlement: Settlement,
        /// How the outcome was classified; `None` after a success, and if no attempt was made.
        failure: Option<Failure>,
    },
    /// It could not be settled, and will be delivered again.
    Unsettled(&'a SettleError),
}

impl fmt::Display for MessageEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            sequence,
            attempt,
            ..
        } = self;
        write!(f, "{subject} {sequence}, attempt {attempt}: ")?;
        match &self.kind {
            MessageEventKind::HandedBack(rest) => write!(f, "handed back for {rest:?}"),
            MessageEventKind::Settled { settlement, .. } => write!(f, "{settlement}"),
            MessageEventKind::Unsettled(error) => write!(f, "{error}"),
        }
    }
}
