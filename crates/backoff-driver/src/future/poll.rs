//! Attempts and pauses in turn, until an outcome is final.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use backoff_core::{Budget, Classify, Schedule};
use rand_core::Rng;

use super::{RetryFuture, State, StateProjection};
use crate::attempts::Attempts;
use crate::clock::Sleeper;
use crate::event::Observe;
use crate::report::Ledger;
use crate::timing::{Settled, Timing};

impl<S, Z, R, F, A, C, L, K, T, B> Future for RetryFuture<'_, S, Z, R, F, A, C, L, K, T, B>
where
    S: Schedule,
    Z: Sleeper,
    R: Rng,
    F: FnMut() -> A,
    A: Future,
    C: Classify<A::Output>,
    L: Observe<A::Output>,
    K: Ledger,
    T: Timing<A, Z>,
    B: Budget,
{
    type Output = K::Yield<A::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // The start of an attempt is written out in each arm, after which the compiler knows the state: a success at the
        // first attempt is spared a dozen instructions.
        match this.state.as_mut().project() {
            StateProjection::Attempting { .. } => {}
            StateProjection::Idle => {
                this.attempts.begin();
                let attempt = this.attempts.start(this.timing, this.operation);
                this.state.set(State::Attempting { attempt });
            }
            StateProjection::Resumed => {
                this.attempts.begin_resumed();
                let attempt = this.attempts.start(this.timing, this.operation);
                this.state.set(State::Attempting { attempt });
            }
            StateProjection::Pausing { pause } => {
                ready!(pause.poll(cx));
                let attempt = this.attempts.start(this.timing, this.operation);
                this.state.set(State::Attempting { attempt });
            }
            StateProjection::Ended => return Poll::Pending,
        }
        loop {
            let StateProjection::Attempting { attempt } = this.state.as_mut().project() else {
                return Poll::Pending;
            };
            let output = ready!(attempt.poll(cx));
            match settle(this.attempts, this.timing, output) {
                Ok(pause) => this.state.set(State::Pausing { pause }),
                Err(outcome) => {
                    this.state.set(State::Ended);
                    return Poll::Ready(this.attempts.close(outcome));
                }
            }
            let StateProjection::Pausing { pause } = this.state.as_mut().project() else {
                return Poll::Pending;
            };
            ready!(pause.poll(cx));
            let attempt = this.attempts.start(this.timing, this.operation);
            this.state.set(State::Attempting { attempt });
        }
    }
}

/// The pause after a finished attempt, or the outcome that ends the call.
fn settle<S, Z, R, A, C, L, K, T, B>(
    attempts: &mut Attempts<'_, S, Z, R, C, L, K, B>,
    timing: &mut T,
    output: <T::Attempt as Future>::Output,
) -> Result<Z::Sleep, A::Output>
where
    S: Schedule,
    Z: Sleeper,
    R: Rng,
    A: Future,
    C: Classify<A::Output>,
    L: Observe<A::Output>,
    K: Ledger,
    T: Timing<A, Z>,
    B: Budget,
{
    match timing.settle(output) {
        Settled::Interrupted(outcome) => {
            attempts.interrupt(&outcome);
            Err(outcome)
        }
        Settled::Outcome(outcome) => {
            let Some(pause) = attempts.pause_after(&outcome) else {
                return Err(outcome);
            };
            timing.pass(outcome);
            Ok(pause)
        }
    }
}
