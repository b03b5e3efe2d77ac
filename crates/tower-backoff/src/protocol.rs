//! What a layer must know of requests: how they are copied, and what their outcomes mean.

use backoff_core::{Classify, Failure};
use backoff_driver::TimedOut;
use backoff_http::RetryMark;

/// How requests are copied and outcomes are classified: for HTTP, or for requests of any other kind.
pub trait Protocol<Q, A, E> {
    /// What a call keeps of its request, to classify outcomes.
    type Info;

    /// An outcome with its meaning.
    type Outcome: Outcome<Response = A, Info = Self::Info>;

    /// Describes a request, to observers too if there are any.
    fn describe(&self, request: &Q, is_observed: bool) -> Self::Info;

    /// Copies a request, or returns `None` if it can be sent only once.
    fn copy(&self, request: &Q) -> Option<Q>;

    /// Writes the number of the attempt into its request. Does nothing by default.
    #[inline]
    fn number(&self, request: &mut Q, attempt: u32) {
        let _ = (request, attempt);
    }

    /// Classifies what the service returned. A failure is permanent if the request cannot be sent again.
    fn classify(&self, info: &Self::Info, result: Result<A, E>, is_copied: bool) -> Self::Outcome;

    /// Makes the outcome of an attempt that was interrupted.
    fn interrupted(&self, info: &Self::Info, cut: TimedOut, is_copied: bool) -> Self::Outcome;
}

/// An outcome with its meaning.
pub trait Outcome {
    /// What the service returns.
    type Response;

    /// Its error.
    type Error;

    /// What a call keeps of its request.
    type Info;

    /// What observers are told of.
    type Observed<'t>: Observed;

    /// Returns the failure, or `None` if the outcome is accepted.
    fn failure(&self) -> Option<Failure>;

    /// Tells of the outcome.
    fn tell<T>(&self, info: &Self::Info, to: impl FnOnce(&Self::Observed<'_>) -> T) -> T;

    /// Drops what must not be held during a wait. Does nothing by default.
    #[inline]
    fn release(&mut self) {}

    /// Returns what the caller gets, with the mark of a call that exhausted its retries.
    fn into_result(self, mark: Option<RetryMark>) -> Result<Self::Response, Self::Error>;
}

/// What observers are told of an outcome that is classified already.
pub trait Observed {
    /// Returns the failure, or `None` if the outcome is accepted.
    fn failure(&self) -> Option<Failure>;
}

/// The classifier of outcomes that are classified already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known;

impl<T: Observed> Classify<T> for Known {
    #[inline]
    fn classify(&self, told: &T) -> Option<Failure> {
        told.failure()
    }
}
