//! The time of one attempt.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use backoff_core::{PolicyRef, nanos};
use pin_project_lite::pin_project;

use super::Attempts;
use crate::handler::Recording;
use crate::limits::{TimedOut, Timing, poll_within};
use crate::runtime::Sleeper;

pin_project! {
    /// The time of one attempt, for a future that owns its [`Attempts`]; see [`Attempts::poll_timeout`].
    ///
    /// `T` is its timer, [`Timing::Timer`]; with [`Limited`](crate::Limited), the default, the runtime's `Sleep`.
    pub struct AttemptTimer<T> {
        // Made when the attempt is not ready at once.
        #[pin]
        timer: Option<T>,
        // Since the start of the call; known from the first poll.
        began: Option<Duration>,
    }
}

impl<T> AttemptTimer<T> {
    /// Prepares the time of one attempt, which counts from its first poll.
    #[must_use]
    pub const fn new() -> Self {
        Self::since(None)
    }

    /// Prepares the time of one attempt, which is known to begin now.
    pub(super) const fn since(began: Option<Duration>) -> Self {
        Self { timer: None, began }
    }
}

impl<P: PolicyRef, R: Sleeper, H: Recording + Timing> Attempts<P, R, H> {
    /// Polls one attempt within the policy's timeout and deadline, and yields [`TimedOut`] if it runs out of time.
    ///
    /// For a future that is written by hand and owns its `Attempts`, so that it cannot lend them to
    /// [`timeout`](Self::timeout), which does the same. Each attempt needs a new `timer`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{AttemptTimer, Attempts};
    /// use core::future::{pending, poll_fn};
    /// use core::pin::pin;
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3));
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let (mut hangs, mut timer) = (pin!(pending::<()>()), pin!(AttemptTimer::new()));
    /// let attempt = poll_fn(|cx| attempts.poll_timeout(hangs.as_mut(), timer.as_mut(), cx));
    /// let cut = clock.block_on(attempt).unwrap_err();
    /// assert_eq!((cut.after(), cut.is_deadline()), (Duration::from_secs(3), false));
    /// ```
    pub fn poll_timeout<A: Future>(
        &mut self,
        attempt: Pin<&mut A>,
        timer: Pin<&mut AttemptTimer<H::Timer<R::Sleep>>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<A::Output, TimedOut>> {
        let timer = timer.project();
        let began = match *timer.began {
            Some(began) => began,
            None => match self.start() {
                Some(began) => *timer.began.insert(began),
                None => return Poll::Ready(Err(self.cut())),
            },
        };
        let start = || H::timer(self.timer(began)?);
        poll_within(attempt, timer.timer, cx, start)
            .map(|outcome| outcome.ok_or_else(|| self.cut()))
    }

    /// The time from the start of the call to the attempt that starts now; `None` if the deadline forbids it to start.
    fn start(&mut self) -> Option<Duration> {
        if self.state.is_first() {
            return Some(Duration::ZERO);
        }
        self.note_start();
        if !self.has_limits() {
            return Some(Duration::ZERO);
        }
        let elapsed = self.elapsed_nanos();
        // Without an outcome to return instead, the attempt runs: the loop may `recheck`.
        (!H::INTERRUPTS || !self.is_late(elapsed)).then(|| nanos::to_duration(elapsed))
    }
}

impl<T> Default for AttemptTimer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for AttemptTimer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptTimer")
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}
