//! Attempts and pauses in turn, until an outcome is final.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use backoff_core::PolicyRef;

use super::{RetryFuture, State, StateProjection};
use crate::attempts::{Attempts, Next};
use crate::handler::Handle;
use crate::limits::{Interrupt, Timing, poll_within};
use crate::report::Record;
use crate::runtime::Sleeper;

impl<P, R, F, A, H> Future for RetryFuture<P, R, F, A, H>
where
    P: PolicyRef,
    R: Sleeper,
    F: FnMut() -> A,
    A: Future,
    H: Handle<A::Output> + Interrupt<A::Output> + Timing,
{
    type Output = <H::Record as Record>::Yield<A::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // The start of the first attempt is written out, after which the compiler knows the state: a success at the first
        // attempt is spared a dozen instructions.
        match this.state.as_mut().project() {
            StateProjection::Idle => {
                this.attempts.begin::<A::Output>();
                this.state.set(State::Attempting {
                    attempt: (this.operation)(),
                    timer: None,
                    last: None,
                });
            }
            StateProjection::Resumed => {
                this.attempts.begin_resumed::<A::Output>();
                this.state.set(State::Attempting {
                    attempt: (this.operation)(),
                    timer: this.attempts.timer_of_resumed(),
                    last: None,
                });
            }
            StateProjection::Attempting { .. } | StateProjection::Pausing { .. } => {}
            StateProjection::Ended => return Poll::Pending,
        }
        loop {
            if let StateProjection::Attempting {
                attempt,
                timer,
                last,
            } = this.state.as_mut().project()
            {
                let attempts = &*this.attempts;
                let start = || attempts.timer_of_first().and_then(H::timer);
                let outcome = ready!(poll_within(attempt, timer, cx, start));
                let ended = outcome.ok_or_else(|| attempts.cut());
                let last = last.take().map(H::kept);
                match this.attempts.settle(ended, last) {
                    Some(Next::Final(outcome)) => {
                        this.state.set(State::Ended);
                        return Poll::Ready(this.attempts.close(outcome));
                    }
                    Some(Next::Pause { delay, outcome }) => {
                        this.state.set(State::Pausing {
                            pause: this.attempts.sleep(delay),
                            outcome: Some(outcome),
                        });
                        if delay.is_zero() {
                            // Also where the sleeper does not, other tasks run between two attempts.
                            cx.waker().wake_by_ref();
                            return Poll::Pending;
                        }
                    }
                    None => return Poll::Pending,
                }
            }
            let StateProjection::Pausing { pause, outcome } = this.state.as_mut().project() else {
                return Poll::Pending;
            };
            ready!(pause.poll(cx));
            let Some(outcome) = outcome.take() else {
                return Poll::Pending;
            };
            if !this.attempts.recheck(&outcome) {
                this.state.set(State::Ended);
                return Poll::Ready(this.attempts.close(outcome));
            }
            // An outcome that is not kept is dropped before the next attempt.
            let last = H::keep(outcome);
            this.state.set(State::Attempting {
                attempt: (this.operation)(),
                timer: this.attempts.timer_of_next(),
                last,
            });
        }
    }
}

impl<P: PolicyRef, R: Sleeper, H: Timing> Attempts<P, R, H> {
    /// The timer of the first attempt, which is made when that is not ready at once.
    #[inline]
    fn timer_of_first(&self) -> Option<R::Sleep> {
        if H::INTERRUPTS && self.attempt() == 1 {
            self.timer(Duration::ZERO)
        } else {
            None
        }
    }

    /// The timer of an attempt that begins now.
    pub(crate) fn timer_of_next(&self) -> Option<H::Timer<R::Sleep>> {
        if !H::INTERRUPTS {
            return None;
        }
        self.attempt_timeout()
            .and_then(|limit| H::timer(self.sleep(limit)))
    }

    /// The timer of an attempt that begins now and may be the first, whose own timer would count from the start of the call.
    fn timer_of_resumed(&self) -> Option<H::Timer<R::Sleep>> {
        if !H::INTERRUPTS {
            return None;
        }
        let limit = self.attempt_timeout().unwrap_or(Duration::MAX);
        H::timer(self.sleep(limit))
    }
}
