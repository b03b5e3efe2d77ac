//! What happens to a delivered message.

use core::fmt;
use core::time::Duration;

use backoff_core::{GiveUp, Progress};

/// What happens to a delivered message, now that its attempt has ended.
///
/// # Examples
///
/// ```
/// use backoff_queue::Settlement;
///
/// fn log(subject: &str, settlement: Settlement) {
///     println!("{subject}: {settlement}"); // "orders.new: redelivered in 1.5s"
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Settlement {
    /// The message was processed: acknowledge it.
    Acknowledge,
    /// No further attempt is made, for this reason: keep the message where a person finds it.
    DeadLetter(GiveUp),
    /// Another attempt follows after a wait.
    Redeliver {
        /// How long the queue must hold the message back. [`Duration::MAX`] means endless.
        after: Duration,
        /// The progress to carry to the next delivery, if the queue can.
        progress: Progress,
    },
}

impl fmt::Display for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledge => f.write_str("acknowledged"),
            Self::DeadLetter(reason) => write!(f, "dead-lettered: {reason}"),
            Self::Redeliver { after, .. } => write!(f, "redelivered in {after:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_settlement_has_its_words() {
        let redeliver = Settlement::Redeliver {
            after: Duration::from_millis(1500),
            progress: Progress::at(2),
        };
        let cases = [
            (Settlement::Acknowledge, "acknowledged"),
            (
                Settlement::DeadLetter(GiveUp::Attempts),
                "dead-lettered: all attempts are used up",
            ),
            (redeliver, "redelivered in 1.5s"),
        ];
        for (settlement, words) in cases {
            assert_eq!(settlement.to_string(), words);
        }
    }
}
