//! What the closure forms do after an attempt: the outcome that counts, and what follows.

use core::time::Duration;

use backoff_core::PolicyRef;

use super::Attempts;
use crate::handler::Handle;
use crate::limits::{Interrupt, TimedOut, Timing};
use crate::runtime::Runtime;

/// What follows an attempt.
pub(crate) enum Next<O> {
    /// The call ends with this outcome.
    Final(O),
    /// A pause, after which the call ends with this outcome if no further attempt may start.
    Pause { delay: Duration, outcome: O },
}

impl<P: PolicyRef, R: Runtime, H> Attempts<P, R, H> {
    /// Decides what follows an attempt, which ended or ran out of time. `last` is the last outcome before it.
    ///
    /// An outcome that an attempt produced wins over one that is made up for an interrupted attempt. `None` if attempts are
    /// not interrupted and this one was, which never happens.
    #[inline]
    pub(crate) fn settle<O>(
        &mut self,
        ended: Result<O, TimedOut>,
        last: Option<O>,
    ) -> Option<Next<O>>
    where
        H: Handle<O> + Interrupt<O>,
    {
        match ended {
            Ok(outcome) => Some(self.settle_outcome(outcome)),
            Err(cut) => self.settle_interrupted(cut, last),
        }
    }

    /// The part of [`settle`](Self::settle) for an attempt that ran out of time.
    #[inline]
    pub(crate) fn settle_interrupted<O>(
        &mut self,
        cut: TimedOut,
        last: Option<O>,
    ) -> Option<Next<O>>
    where
        H: Handle<O> + Interrupt<O>,
    {
        if cut.is_deadline() {
            let outcome = match last {
                Some(outcome) => outcome,
                None => self.make_up(cut)?,
            };
            self.interrupt(&outcome);
            return Some(Next::Final(outcome));
        }
        let made_up = self.make_up(cut)?;
        let next = self.settle_outcome(made_up);
        Some(match (next, last) {
            (Next::Pause { delay, .. }, Some(outcome)) => Next::Pause { delay, outcome },
            (next, _) => next,
        })
    }

    /// Ends a call that was resumed after its deadline, and returns what is made up for the attempt that does not start.
    /// `None` if the attempt starts.
    #[cold]
    pub(crate) fn interrupt_if_late<O>(&mut self) -> Option<O>
    where
        H: Handle<O> + Interrupt<O> + Timing,
    {
        if !H::INTERRUPTS || !self.is_late_now() {
            return None;
        }
        let outcome = self.make_up(self.cut())?;
        self.interrupt(&outcome);
        Some(outcome)
    }

    /// Makes the outcome of an attempt that was interrupted; `None` if attempts are not interrupted.
    pub(crate) fn make_up<O>(&mut self, cut: TimedOut) -> Option<O>
    where
        H: Interrupt<O>,
    {
        self.handler.interrupt(cut)
    }

    #[inline]
    pub(crate) fn settle_outcome<O>(&mut self, outcome: O) -> Next<O>
    where
        H: Handle<O>,
    {
        match self.delay_after(&outcome) {
            Some(delay) => Next::Pause { delay, outcome },
            None => Next::Final(outcome),
        }
    }
}
