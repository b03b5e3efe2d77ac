//! An attempt within its limits.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use backoff_core::PolicyRef;
use pin_project_lite::pin_project;

use super::Attempts;
use super::timer::AttemptTimer;
use crate::handler::{Handle, Recording};
use crate::limits::{Interrupt, TimedOut, Timing};
use crate::runtime::Sleeper;

pin_project! {
    /// An attempt within the policy's timeout and deadline. Made by [`Attempts::limit`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Limit<'a, P, R, H, A>
    where
        R: Sleeper,
        H: Timing,
    {
        #[pin]
        timeout: Timeout<'a, P, R, H, A>,
    }
}

pin_project! {
    /// An attempt that yields [`TimedOut`] if its time is over. Made by [`Attempts::timeout`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Timeout<'a, P, R, H, A>
    where
        R: Sleeper,
        H: Timing,
    {
        // `None`: there are no limits.
        attempts: Option<&'a mut Attempts<P, R, H>>,
        #[pin]
        attempt: A,
        #[pin]
        timer: AttemptTimer<H::Timer<R::Sleep>>,
    }
}

impl<P: PolicyRef, R: Sleeper, H: Timing> Attempts<P, R, H> {
    /// Runs one attempt within the policy's timeout and deadline.
    ///
    /// An attempt that runs out of time is dropped, and yields what `From<TimedOut>` of its error or
    /// [`on_timeout`](Self::on_timeout) makes; one after [`uninterrupted`](Self::uninterrupted) runs to its end. Where the
    /// deadline interrupts, the call ends: `pause_after` then returns `None`. If the deadline has already passed, perhaps
    /// because the machine was suspended during the wait, the attempt is not started.
    ///
    /// Time counts from the start of the call for the first attempt, and for others from the first poll. The timer is made
    /// when an attempt is not ready at once.
    ///
    /// The outcomes are yours, so at the deadline the loop ends with the outcome that was made up. To end with the last
    /// that an attempt produced, as [`run`](Self::run) does, keep it during the wait: `last = Some(outcome)` after the
    /// pause, and `break last.take_if(|_| attempts.is_interrupted()).unwrap_or(outcome)` at the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use core::time::Duration;
    /// use std::io;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3));
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let hangs = core::future::pending::<io::Result<()>>();
    /// let error = clock.block_on(attempts.limit(hangs)).unwrap_err();
    /// assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    /// assert_eq!(error.to_string(), "timed out after 3s");
    /// ```
    pub fn limit<A: Future>(&mut self, attempt: A) -> Limit<'_, P, R, H, A>
    where
        H: Handle<A::Output> + Interrupt<A::Output>,
    {
        let timeout = self.timeout(attempt);
        Limit { timeout }
    }

    /// Runs one attempt within the policy's timeout and deadline, and yields [`TimedOut`] if it runs out of time.
    ///
    /// For a loop that makes the outcome itself: one that keeps the last outcome before the deadline, or that cleans up.
    /// The call goes on; [`interrupt`](Self::interrupt) ends it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3));
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let hangs = core::future::pending::<Result<(), &str>>();
    /// let cut = clock.block_on(attempts.timeout(hangs)).unwrap_err();
    /// assert_eq!((cut.after(), cut.is_deadline()), (Duration::from_secs(3), false));
    /// ```
    pub fn timeout<A: Future>(&mut self, attempt: A) -> Timeout<'_, P, R, H, A> {
        Timeout::new(Some(self), attempt)
    }

    /// Runs an attempt that begins now, as was asked after the wait before it.
    pub(super) fn timeout_since<A: Future>(
        &mut self,
        began: Option<Duration>,
        attempt: A,
    ) -> Timeout<'_, P, R, H, A> {
        Timeout {
            timer: AttemptTimer::since(began),
            ..Timeout::new(Some(self), attempt)
        }
    }
}

impl<'a, P, R: Sleeper, H: Timing, A> Timeout<'a, P, R, H, A> {
    pub(crate) const fn new(attempts: Option<&'a mut Attempts<P, R, H>>, attempt: A) -> Self {
        Self {
            attempts,
            attempt,
            timer: AttemptTimer::new(),
        }
    }
}

impl<P, R, H, A> Future for Timeout<'_, P, R, H, A>
where
    P: PolicyRef,
    R: Sleeper,
    H: Recording + Timing,
    A: Future,
{
    type Output = Result<A::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.attempts {
            Some(attempts) => attempts.poll_timeout(this.attempt, this.timer, cx),
            None => this.attempt.poll(cx).map(Ok),
        }
    }
}

impl<P, R, H, A> Future for Limit<'_, P, R, H, A>
where
    P: PolicyRef,
    R: Sleeper,
    H: Handle<A::Output> + Interrupt<A::Output> + Timing,
    A: Future,
{
    type Output = A::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A::Output> {
        let mut timeout = self.project().timeout;
        let cut = match ready!(timeout.as_mut().poll(cx)) {
            Ok(outcome) => return Poll::Ready(outcome),
            Err(cut) => cut,
        };
        let Some(attempts) = timeout.project().attempts else {
            return Poll::Pending;
        };
        let Some(outcome) = attempts.make_up(cut) else {
            return Poll::Pending;
        };
        if cut.is_deadline() {
            attempts.interrupt(&outcome);
        }
        Poll::Ready(outcome)
    }
}

impl<P, R: Sleeper, H: Timing, A> fmt::Debug for Limit<'_, P, R, H, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit").finish_non_exhaustive()
    }
}

impl<P, R: Sleeper, H: Timing, A> fmt::Debug for Timeout<'_, P, R, H, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").finish_non_exhaustive()
    }
}
