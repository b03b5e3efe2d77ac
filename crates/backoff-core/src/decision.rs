//! What is decided after a failed attempt, and why.

use core::fmt;
use core::time::Duration;

/// The answer to a failed attempt.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Decision, Failure, GiveUp, Policy};
/// # use core::time::Duration;
/// let policy = Policy::DEFAULT;
/// let mut retry = policy.start();
/// match retry.on_failure(Duration::ZERO, Failure::transient(), 7) {
///     Decision::Retry { after } => println!("again in {after:?}"),
///     Decision::GiveUp(reason) => println!("gave up: {reason}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[must_use = "a decision does nothing unless it is carried out"]
pub enum Decision {
    /// Make no further attempt, for this reason.
    GiveUp(GiveUp),
    /// Wait this long, then make another attempt.
    Retry {
        /// The whole wait, with jitter and the server's hint. [`Duration::MAX`] means endless.
        after: Duration,
    },
}

const _: () = assert!(size_of::<Decision>() <= 24);

/// Why no further attempt is made.
///
/// # Examples
///
/// ```
/// # use backoff_core::GiveUp;
/// assert_eq!(GiveUp::Deadline.to_string(), "no time is left before the deadline");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum GiveUp {
    /// The call has made all its attempts.
    Attempts,
    /// A budget that calls share refused the retry.
    Budget,
    /// The wait would have passed the deadline, or the deadline has passed.
    Deadline,
    /// The failure may be permanent, and was retried as often as the policy allows for such failures.
    Doubtful,
    /// The server asked for a longer wait than the policy accepts.
    HintTooLong,
    /// The failure is permanent: another attempt would fail in the same way.
    Permanent,
}

impl GiveUp {
    /// Every reason, for tables and counters.
    pub const ALL: &[Self] = &[
        Self::Attempts,
        Self::Budget,
        Self::Deadline,
        Self::Doubtful,
        Self::HintTooLong,
        Self::Permanent,
    ];

    /// Returns the reason as a short clause, for a sentence about a call that gave up.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attempts => "all attempts are used up",
            Self::Budget => "the retry budget is empty",
            Self::Deadline => "no time is left before the deadline",
            Self::Doubtful => "the failure looks permanent after all",
            Self::HintTooLong => "the server asked for too long a wait",
            Self::Permanent => "the failure is permanent",
        }
    }
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for GiveUp {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_reason_has_its_words() {
        let cases = [
            (GiveUp::Attempts, "all attempts are used up"),
            (GiveUp::Budget, "the retry budget is empty"),
            (GiveUp::Deadline, "no time is left before the deadline"),
            (GiveUp::Doubtful, "the failure looks permanent after all"),
            (GiveUp::HintTooLong, "the server asked for too long a wait"),
            (GiveUp::Permanent, "the failure is permanent"),
        ];
        for (reason, words) in cases {
            assert_eq!(
                (reason.as_str(), reason.to_string().as_str()),
                (words, words)
            );
        }
    }

    #[test]
    fn all_reasons_are_listed_once_and_in_order() {
        let place = |reason: &GiveUp| match reason {
            GiveUp::Attempts => 0,
            GiveUp::Budget => 1,
            GiveUp::Deadline => 2,
            GiveUp::Doubtful => 3,
            GiveUp::HintTooLong => 4,
            GiveUp::Permanent => 5,
        };
        assert!(GiveUp::ALL.iter().map(place).eq(0..6));
    }
}
