//! Requests of any kind.

use std::fmt;

use backoff_core::{Classify, Failure};
use backoff_driver::{Describe, TimedOut};
use backoff_http::RetryMark;

use crate::protocol::{Observed, Outcome, Protocol};
use crate::replay::Replay;

/// Requests of any kind, whose outcomes `C` classifies and which `D` copies. Made by
/// [`RetryLayer::when`](crate::RetryLayer::when).
#[derive(Clone, Copy, Debug)]
pub struct AnyRequest<C, D> {
    pub(crate) classifier: C,
    pub(crate) replay: D,
}

impl<Q, A, E, C, D> Protocol<Q, A, E> for AnyRequest<C, D>
where
    E: From<TimedOut>,
    C: Classify<Result<A, E>>,
    D: Replay<Q>,
{
    type Info = ();
    type Outcome = Attempted<A, E>;

    #[inline]
    fn describe(&self, _request: &Q, _is_observed: bool) {}

    #[inline]
    fn copy(&self, request: &Q) -> Option<Q> {
        self.replay.replay(request)
    }

    #[inline]
    fn classify(&self, _info: &(), result: Result<A, E>, is_copied: bool) -> Attempted<A, E> {
        let failure = self.classifier.classify(&result);
        let failure = match failure {
            Some(_) if !is_copied => Some(Failure::permanent()),
            failure => failure,
        };
        Attempted { result, failure }
    }

    fn interrupted(&self, info: &(), cut: TimedOut, is_copied: bool) -> Attempted<A, E> {
        self.classify(info, Err(cut.into()), is_copied)
    }
}

/// The outcome of an attempt, and how it was classified: what observers of [any request](crate::RetryLayer::when) are told
/// of.
///
/// # Examples
///
/// ```
/// use backoff_driver::Event;
/// use std::io;
/// use tower_backoff::Attempted;
///
/// fn log<A>(event: &Event<'_, Attempted<A, io::Error>>) {
///     if let Err(error) = event.outcome().result() {
///         println!("{}: {error:?}", event.line());
///     }
/// }
/// # let _ = log::<()>;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attempted<A, E> {
    result: Result<A, E>,
    failure: Option<Failure>,
}

impl<A, E> Attempted<A, E> {
    /// Returns what the service returned, or the error of an attempt that was interrupted.
    ///
    /// # Errors
    ///
    /// Returns the error of the attempt.
    pub const fn result(&self) -> Result<&A, &E> {
        self.result.as_ref()
    }

    /// Returns the failure, or `None` if the outcome is accepted.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        self.failure
    }
}

impl<A, E> Outcome for Attempted<A, E> {
    type Response = A;
    type Error = E;
    type Info = ();
    type Observed<'t> = Self;

    #[inline]
    fn failure(&self) -> Option<Failure> {
        self.failure
    }

    #[inline]
    fn tell<T>(&self, _info: &(), to: impl FnOnce(&Self) -> T) -> T {
        to(self)
    }

    #[inline]
    fn into_result(self, _mark: Option<RetryMark>) -> Result<A, E> {
        self.result
    }
}

/// It is described by its error.
impl<A, E: fmt::Display> Describe for Attempted<A, E> {
    fn cause(&self) -> Option<&dyn fmt::Display> {
        self.result.cause()
    }
}

impl<A, E> Observed for Attempted<A, E> {
    #[inline]
    fn failure(&self) -> Option<Failure> {
        self.failure
    }
}
