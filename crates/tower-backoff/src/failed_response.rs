//! The error of a call whose last response is gone.

use std::error::Error;
use std::fmt;

use backoff_http::Classification;

/// The error of a call that ends after a wait, when the response that it would have returned is gone.
///
/// A failed response is dropped before the wait, with its connection. If no further attempt may start after the wait,
/// because the deadline has passed or the budget refuses, this says how that response was classified. The same happens
/// where the deadline interrupts the next attempt.
///
/// # Examples
///
/// ```
/// use tower_backoff::{BoxError, FailedResponse, RetriesExhausted};
///
/// fn status_of(error: &BoxError) -> Option<String> {
///     let exhausted = error.downcast_ref::<RetriesExhausted>()?;
///     let response: &FailedResponse = std::error::Error::source(exhausted)?.downcast_ref()?;
///     Some(response.classification().to_string()) // such as "throttled: status 429, retry-after 2s"
/// }
/// # assert_eq!(status_of(&"reset".into()), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FailedResponse {
    classification: Classification,
}

impl FailedResponse {
    pub(crate) const fn new(classification: Classification) -> Self {
        Self { classification }
    }

    /// Returns how the response was classified, and why.
    #[must_use]
    pub const fn classification(&self) -> Classification {
        self.classification
    }
}

impl fmt::Display for FailedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the last response failed: {}", self.classification)
    }
}

impl Error for FailedResponse {}
