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
        timer: Option<P>,
        limit: Limit,
    }
}

/// How long an attempt may take.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Limit {
    pub(crate) after: Duration,
    /// The deadline of the call ends it, not the timeout of an attempt.
    pub(crate) deadline: bool,
}

impl<F, P> Timeout<F, P> {
    pub(crate) fn endless(attempt: F) -> Self {
        Self {
            attempt,
            timer: None,
            limit: Limit::default(),
        }
    }

    pub(crate) fn new<Z: Sleeper<Sleep = P>>(
        attempt: F,
        sleeper: &Z,
        limit: Option<Limit>,
    ) -> Self {
        let timer = limit.map(|limit| sleeper.sleep(limit.after));
        Self {
            attempt,
            timer,
            limit: limit.unwrap_or_default(),
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
        match this.timer.as_pin_mut().map(|timer| timer.poll(cx)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(TimedOut { limit: *this.limit })),
            _ => Poll::Pending,
        }
    }
}

impl<F, P> fmt::Debug for Timeout<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("limit", &self.limit)
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
    limit: Limit,
}

impl TimedOut {
    /// How long the attempt was allowed to take.
    #[must_use]
    pub const fn after(self) -> Duration {
        self.limit.after
    }

    /// Whether the deadline of the call cut it off, and not the timeout of an attempt.
    #[must_use]
    pub const fn is_deadline(self) -> bool {
        self.limit.deadline
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limit { after, deadline } = self.limit;
        write!(f, "timed out after {after:?}")?;
        if deadline {
            f.write_str(", at the deadline")
        } else {
            Ok(())
        }
    }
}

impl core::error::Error for TimedOut {}
