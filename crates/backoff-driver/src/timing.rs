//! Whether a call limits its attempts in time.

use core::future::Future;

use crate::clock::Sleeper;
use crate::timeout::{Limit, TimedOut, Timeout};

/// How a [`RetryFuture`](crate::RetryFuture) call runs its attempts: [`Untimed`] or [`Timed`].
///
/// Sealed: these are the two there are.
pub trait Timing<A: Future, Z: Sleeper>: Sealed {
    /// An attempt under way.
    type Attempt: Future;

    /// Starts an attempt, with the limit that applies from now on.
    #[doc(hidden)]
    fn start(
        &self,
        attempt: A,
        sleeper: &Z,
        limit: impl FnOnce() -> Option<Limit>,
    ) -> Self::Attempt;

    /// What a finished attempt came to.
    #[doc(hidden)]
    fn settle(&mut self, output: <Self::Attempt as Future>::Output) -> Settled<A::Output>;

    /// Takes an outcome after which another attempt follows.
    #[doc(hidden)]
    fn pass(&mut self, outcome: A::Output);
}

/// What a finished attempt came to.
#[derive(Debug)]
pub enum Settled<O> {
    /// The deadline passed: the call ends with this outcome.
    Interrupted(O),
    /// An outcome to judge.
    Outcome(O),
}

pub trait Sealed {}

/// Attempts run as long as they like.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Untimed;

impl Sealed for Untimed {}

impl<A: Future, Z: Sleeper> Timing<A, Z> for Untimed {
    type Attempt = A;

    #[inline]
    fn start(&self, attempt: A, _sleeper: &Z, _limit: impl FnOnce() -> Option<Limit>) -> A {
        attempt
    }

    #[inline]
    fn settle(&mut self, outcome: A::Output) -> Settled<A::Output> {
        Settled::Outcome(outcome)
    }

    #[inline]
    fn pass(&mut self, _outcome: A::Output) {}
}

/// Attempts are cut off at their timeout and at the deadline. Made by
/// [`on_timeout`](crate::RetryFuture::on_timeout).
#[derive(Debug)]
pub struct Timed<G, O> {
    on_timeout: G,
    /// What the call ends with if its deadline passes during an attempt.
    last: Option<O>,
    /// The attempt under judgement was cut off: its outcome is made up, and does not replace a real one.
    made_up: bool,
}

impl<G, O> Timed<G, O> {
    pub(crate) const fn new(on_timeout: G) -> Self {
        Self {
            on_timeout,
            last: None,
            made_up: false,
        }
    }
}

impl<G, O> Sealed for Timed<G, O> {}

impl<A: Future, Z: Sleeper, G: FnMut(TimedOut) -> A::Output> Timing<A, Z> for Timed<G, A::Output> {
    type Attempt = Timeout<A, Z::Sleep>;

    fn start(
        &self,
        attempt: A,
        sleeper: &Z,
        limit: impl FnOnce() -> Option<Limit>,
    ) -> Self::Attempt {
        Timeout::new(attempt, sleeper, limit())
    }

    fn settle(&mut self, output: Result<A::Output, TimedOut>) -> Settled<A::Output> {
        self.made_up = output.is_err();
        match output {
            Ok(outcome) => Settled::Outcome(outcome),
            Err(cut) if cut.is_deadline() => {
                Settled::Interrupted(self.last.take().unwrap_or_else(|| (self.on_timeout)(cut)))
            }
            Err(cut) => Settled::Outcome((self.on_timeout)(cut)),
        }
    }

    fn pass(&mut self, outcome: A::Output) {
        if !self.made_up || self.last.is_none() {
            self.last = Some(outcome);
        }
    }
}
