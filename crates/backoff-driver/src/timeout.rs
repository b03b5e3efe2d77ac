//! An attempt that is cut off when its time is over.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::clock::Sleeper;

pin_project! {
    /// An attempt with a time limit. Made by [`Attempts::timeout`](crate::Attempts::timeout).
    ///
    /// The attempt is polled first, so that one that is ready in time is never lost to the limit.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Timeout<F, P> {
        #[pin]
        attempt: F,
        #[pin]
        limit: Option<P>,
        after: Duration,
    }
}

impl<F, P> Timeout<F, P> {
    pub(crate) fn new<Z: Sleeper<Sleep = P>>(
        attempt: F,
        sleeper: &Z,
        limit: Option<Duration>,
    ) -> Self {
        Self {
            attempt,
            limit: limit.map(|limit| sleeper.sleep(limit)),
            after: limit.unwrap_or_default(),
        }
    }
}

impl<F: Future, P: Future<Output = ()>> Future for Timeout<F, P> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(outcome) = this.attempt.poll(cx) {
            return Poll::Ready(Ok(outcome));
        }
        match this.limit.as_pin_mut().map(|limit| limit.poll(cx)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(TimedOut { after: *this.after })),
            _ => Poll::Pending,
        }
    }
}

impl<F, P> fmt::Debug for Timeout<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// An attempt took longer than it may.
///
/// # Examples
///
/// See [`Attempts::timeout`](crate::Attempts::timeout).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TimedOut {
    after: Duration,
}

impl TimedOut {
    /// How long the attempt was allowed to take.
    #[must_use]
    pub const fn after(self) -> Duration {
        self.after
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {:?}", self.after)
    }
}

impl core::error::Error for TimedOut {}
