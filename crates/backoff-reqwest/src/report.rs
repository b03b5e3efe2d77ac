//! What happened to a call.

use std::fmt;
use std::time::Duration;

use backoff_http::Classification;
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
    may_be_processed: bool,
}

impl Report {
    pub(crate) const fn new(
        history: backoff_tokio::Report,
        classification: Classification,
        may_be_processed: bool,
    ) -> Self {
        Self {
            history,
            classification,
            may_be_processed,
        }
    }

    /// Returns the number of the last attempt; 0 for a request that could not be built.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.history.attempts()
    }

    /// Returns the time from the start of the first attempt until the end of the call.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.history.elapsed()
    }

    /// Returns the sum of the waits between attempts.
    #[must_use]
    pub const fn slept(&self) -> Duration {
        self.history.slept()
    }

    /// Returns the last delay that the server asked for, obeyed or not.
    #[must_use]
    pub const fn last_hint(&self) -> Option<Duration> {
        self.history.last_hint()
    }

    /// Returns how the call ended; `None` for a request that could not be built.
    #[must_use]
    pub const fn completion(&self) -> Option<Completion> {
        self.history.completion()
    }

    /// Returns whether the server may have processed the request in an attempt before the last one.
    ///
    /// The last response may then be about what an earlier attempt did: a `PUT` with `If-Match` whose first attempt was
    /// processed and whose answer got lost gets a 412 for the second, a `DELETE` a 404. Look at the resource before you take
    /// such a response for a failure.
    ///
    /// `false` after attempts that were never sent, and after 425 and 429, which refuse a request before it is processed.
    #[must_use]
    pub const fn may_be_processed_earlier(&self) -> bool {
        self.may_be_processed
    }

    /// Returns how the outcome was classified, and why.
    #[must_use]
    pub const fn classification(&self) -> Classification {
        self.classification
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.history, self.classification)
    }
}
