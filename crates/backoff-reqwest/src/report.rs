//! What happened to a call.

use std::fmt;
use std::time::Duration;

use backoff_http::{Classification, RetryMark};
use backoff_tokio::Completion;

/// What happened to a call: how many attempts it took, and why it ended.
///
/// # Examples
///
/// See [`RequestBuilder::send_reported`](crate::RequestBuilder::send_reported).
#[derive(Clone, Copy, Debug)]
pub struct Report {
    history: backoff_tokio::Report,
    classification: Classification,
    misleads: bool,
}

impl Report {
    /// `misleads` says of the outcome that a layer around would take it for that of a request that was not
    /// processed, which it is not.
    pub(crate) const fn new(
        history: backoff_tokio::Report,
        classification: Classification,
        misleads: bool,
    ) -> Self {
        Self {
            history,
            classification,
            misleads,
        }
    }

    /// The number of the last attempt; 0 for a request that could not be built.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.history.attempts()
    }

    /// From the start of the first attempt until the end of the call.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.history.elapsed()
    }

    /// The sum of the waits between attempts.
    #[must_use]
    pub const fn slept(&self) -> Duration {
        self.history.slept()
    }

    /// The last delay that the server asked for, obeyed or not.
    #[must_use]
    pub const fn last_hint(&self) -> Option<Duration> {
        self.history.last_hint()
    }

    /// How the call ended; `None` for a request that could not be built.
    #[must_use]
    pub const fn completion(&self) -> Option<Completion> {
        self.history.completion()
    }

    /// What the last outcome was taken for, and why.
    #[must_use]
    pub const fn classification(&self) -> Classification {
        self.classification
    }

    /// The mark for the layers around this one, where they must not retry the same again.
    pub(crate) fn mark(&self) -> Option<RetryMark> {
        let attempts = self.attempts();
        let is_final = self.misleads || self.history.is_exhausted();
        is_final.then(|| RetryMark::after(attempts))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.history, self.classification)
    }
}
