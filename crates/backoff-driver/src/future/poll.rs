//! Attempts and pauses in turn, until an outcome is final.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use backoff_core::{PolicyRef, nanos};

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
        // The start of an attempt is written out in each arm, after which the compiler knows the state: a success at the first
        // attempt is spared many instructions.
        match this.state.as_mut().project() {
            StateProjection::Idle => {
                if this.attempts.has_first_delay() {
                    let pause = this.attempts.first_sleep();
                    this.state.set(State::delayed(pause));
                    cx.waker().wake_by_ref(); // the next poll begins the wait
                    return Poll::Pending;
                }
                this.attempts.begin::<A::Output>();
                this.state.set(State::Attempting {
                    attempt: (this.operation)(),
                    timer: None,
                    last: None,
                });
            }
            StateProjection::Resumed => {
                this.attempts.begin_resumed::<A::Output>();
                if let Some(outcome) = this.attempts.interrupt_if_late() {
                    this.state.set(State::Ended);
                    return Poll::Ready(this.attempts.close(outcome));
                }
                this.state.set(State::Attempting {
                    attempt: (this.operation)(),
                    timer: this.attempts.timer_of_resumed(),
                    last: None,
                });
            }
            StateProjection::Pausing { pause, outcome } => {
                ready!(pause.poll(cx));
                match this.attempts.resume_after_pause(outcome) {
                    Ok(last) => this.state.set(State::Attempting {
                        attempt: (this.operation)(),
                        timer: None,
                        last,
                    }),
                    Err(Some(outcome)) => {
                        this.state.set(State::Ended);
                        return Poll::Ready(this.attempts.close(outcome));
                    }
                    Err(None) => {
                        this.attempts.begin::<A::Output>();
                        this.state.set(State::first((this.operation)()));
                    }
                }
            }
            StateProjection::Attempting { .. } => {}
            StateProjection::Ended => return Poll::Pending,
        }
        loop {
            let StateProjection::Attempting {
                attempt,
                timer,
                last,
            } = this.state.as_mut().project()
            else {
                return Poll::Pending;
            };
            let attempts = &*this.attempts;
            // The first attempt began with the call.
            let began = last.as_ref().map_or(0, H::began);
            let start = || attempts.timer_since(began);
            let ended = ready!(poll_within(attempt, timer, cx, start));
            let Some(next) = this.attempts.settle_or_interrupt(ended, last) else {
                return Poll::Pending;
            };
            match next {
                Next::Final(outcome) => {
                    this.state.set(State::Ended);
                    return Poll::Ready(this.attempts.close(outcome));
                }
                Next::Pause { delay, outcome } => {
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
            }
            let StateProjection::Pausing { pause, outcome } = this.state.as_mut().project() else {
                return Poll::Pending;
            };
            ready!(pause.poll(cx));
            match this.attempts.resume_after_pause(outcome) {
                Ok(last) => this.state.set(State::Attempting {
                    attempt: (this.operation)(),
                    timer: None,
                    last,
                }),
                Err(Some(outcome)) => {
                    this.state.set(State::Ended);
                    return Poll::Ready(this.attempts.close(outcome));
                }
                Err(None) => return Poll::Pending,
            }
        }
    }
}

impl<A, T, L, S, O> State<A, T, L, S, O> {
    /// The wait before the first attempt: a pause without an outcome.
    #[inline]
    const fn delayed(pause: S) -> Self {
        Self::Pausing {
            pause,
            outcome: None,
        }
    }

    /// The first attempt, which begins with the call.
    #[inline]
    const fn first(attempt: A) -> Self {
        Self::Attempting {
            attempt,
            timer: None,
            last: None,
        }
    }
}

impl<P: PolicyRef, R: Sleeper, H: Timing> Attempts<P, R, H> {
    /// The timer of an attempt that began at `began`, in nanoseconds since the start of the call, and is not ready at once.
    #[inline]
    fn timer_since(&self, began: u64) -> Option<H::Timer<R::Sleep>> {
        if !H::INTERRUPTS {
            return None;
        }
        H::timer(self.timer(nanos::to_duration(began))?)
    }

    /// Decides what follows an attempt that ended, or ran out of time (`None`).
    #[inline]
    fn settle_or_interrupt<O>(
        &mut self,
        ended: Option<O>,
        last: &mut Option<H::Last<O>>,
    ) -> Option<Next<O>>
    where
        H: Handle<O> + Interrupt<O>,
    {
        if let Some(outcome) = ended {
            return Some(self.settle_outcome(outcome));
        }
        let (cut, last) = (self.cut(), last.take().map(H::kept));
        self.settle_interrupted(cut, last)
    }

    /// What is kept of the last outcome during the next attempt, or the outcome that ends the call.
    ///
    /// An outcome that is not kept is dropped before the next attempt.
    #[allow(
        clippy::inline_always,
        reason = "left to itself the compiler calls it, and a retry takes 30 instructions more"
    )]
    #[inline(always)]
    fn resume_after_pause<O>(
        &mut self,
        outcome: &mut Option<O>,
    ) -> Result<Option<H::Last<O>>, Option<O>>
    where
        H: Handle<O>,
    {
        let Some(outcome) = outcome.take() else {
            return Err(None);
        };
        match self.start_of_next(&outcome) {
            Some(began) => Ok(H::keep(outcome, began)),
            None => Err(Some(outcome)),
        }
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
