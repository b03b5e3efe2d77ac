//! What happened to a call.

use std::fmt;
use std::ops::Deref;

use backoff_http::Classification;

/// What happened to a call: how many attempts it took, and why it ended.
///
/// It [derefs](Deref) to the report of the driver, which counts attempts and waits.
///
/// # Examples
///
/// See [`RequestBuilder::send_reported`](crate::RequestBuilder::send_reported).
#[derive(Clone, Copy, Debug)]
pub struct Report {
    history: backoff_std::Report,
    classification: Classification,
}

impl Report {
    pub(crate) const fn new(history: backoff_std::Report, classification: Classification) -> Self {
        Self {
            history,
            classification,
        }
    }

    /// Returns how the outcome was classified, and why.
    #[must_use]
    pub const fn classification(&self) -> Classification {
        self.classification
    }
}

impl Deref for Report {
    type Target = backoff_std::Report;

    fn deref(&self) -> &backoff_std::Report {
        &self.history
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.history, self.classification)
    }
}
