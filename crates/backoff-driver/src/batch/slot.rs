//! The place of one item in a batch.

use core::fmt;
use core::time::Duration;

use backoff_core::{Budget, PolicyRef};

use crate::attempts::Attempts;
use crate::handler::{Handle, Handler};
#[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
use crate::limits::{Interrupt, TimedOut, Timing};
use crate::report::{Report, Reporting};
use crate::runtime::Runtime;

/// Holds the attempts of one item of a [`Batch`](crate::Batch), and the outcome of the last one.
///
/// # Examples
///
/// See [`Batch`](crate::Batch).
pub struct Slot<O, A> {
    pub(super) attempts: A,
    outcome: Option<O>,
    stage: Stage,
}

/// How far the call of an item is.
#[derive(Clone, Copy)]
enum Stage {
    Due,
    Final {
        elapsed: Duration,
    },
    #[cfg_attr(
        not(any(feature = "embassy-futures-0-1", feature = "futures-0-3")),
        allow(dead_code, reason = "only an operation per item is under way")
    )]
    UnderWay,
    /// By the clock of the attempts.
    Waiting {
        until: Duration,
        /// A worker sleeps until then.
        is_watched: bool,
    },
}

impl<O, A> Slot<O, A> {
    /// Makes a slot. The deadline of the item counts from when its attempts were made.
    pub const fn new(attempts: A) -> Self {
        Self {
            attempts,
            outcome: None,
            stage: Stage::Due,
        }
    }

    /// Returns the outcome of the last attempt that ended; `None` before the first has.
    #[must_use]
    pub const fn outcome(&self) -> Option<&O> {
        self.outcome.as_ref()
    }

    /// Returns the outcome of the last attempt that ended; `None` before the first has.
    #[must_use]
    pub fn into_outcome(self) -> Option<O> {
        self.outcome
    }

    pub(super) const fn is_due(&self) -> bool {
        matches!(self.stage, Stage::Due)
    }

    pub(super) const fn waits_until(&self) -> Option<Duration> {
        match self.stage {
            Stage::Waiting { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Makes the item due if its wait is over by then.
    pub(super) fn wake(&mut self, by: Duration) {
        if self.waits_until().is_some_and(|until| until <= by) {
            self.stage = Stage::Due;
        }
    }

    /// Forgets the workers of a run that was cancelled: an attempt under way is due again.
    pub(super) const fn recall(&mut self) {
        match &mut self.stage {
            Stage::UnderWay => self.stage = Stage::Due,
            Stage::Waiting { is_watched, .. } => *is_watched = false,
            Stage::Due | Stage::Final { .. } => {}
        }
    }

    /// When its wait ends, if no worker sleeps until then.
    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) const fn unwatched(&self) -> Option<Duration> {
        match self.stage {
            Stage::Waiting {
                until,
                is_watched: false,
            } => Some(until),
            _ => None,
        }
    }

    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) const fn watch(&mut self) {
        if let Stage::Waiting { is_watched, .. } = &mut self.stage {
            *is_watched = true;
        }
    }

    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) const fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::UnderWay)
    }
}

impl<O, P, R, C, L, K, B, T> Slot<O, Attempts<P, R, Handler<C, L, K, B, T>>>
where
    P: PolicyRef,
    R: Runtime,
    K: Reporting,
    B: Budget,
{
    /// Returns what happened to the item so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let elapsed = match self.stage {
            Stage::Final { elapsed } => elapsed,
            _ => self.attempts.elapsed(),
        };
        self.attempts.report_at(elapsed)
    }
}

impl<O, P: PolicyRef, R: Runtime, H: Handle<O>> Slot<O, Attempts<P, R, H>> {
    /// Ends the call of an item that is due if no further attempt may start.
    pub(super) fn recheck(&mut self) {
        if !self.is_due() {
            return;
        }
        let outcome = self.outcome.as_ref();
        if !outcome.is_none_or(|outcome| self.attempts.recheck(outcome)) {
            self.stage = self.ended();
        }
    }

    /// Notes that the attempt of an item that is due begins now.
    pub(super) fn begin(&mut self) {
        if self.is_due() {
            self.attempts.note_start();
        }
    }

    /// Takes the outcome of an attempt.
    pub(super) fn settle(&mut self, outcome: O, random: &mut Option<u32>) {
        self.decide(&outcome, random);
        self.outcome = Some(outcome);
    }

    fn decide(&mut self, outcome: &O, random: &mut Option<u32>) {
        self.stage = match self.attempts.delay_after_drawing(outcome, random) {
            None => self.ended(),
            Some(delay) => Stage::Waiting {
                until: self.attempts.now().saturating_add(delay),
                is_watched: false,
            },
        };
    }

    fn ended(&self) -> Stage {
        Stage::Final {
            elapsed: self.attempts.elapsed(),
        }
    }

    /// Sets an item that is due under way, or ends its call if no attempt may start any more.
    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) fn set_out(&mut self)
    where
        H: Interrupt<O> + Timing,
    {
        if self.outcome.is_some() {
            self.recheck();
        } else if H::INTERRUPTS && self.attempts.is_late_now() {
            let cut = self.attempts.cut();
            self.interrupt(cut, &mut None);
        }
        if self.is_due() {
            self.begin();
            self.stage = Stage::UnderWay;
        }
    }

    /// Takes the end of an attempt that ran out of time. An outcome that an attempt produced wins over one that is made up.
    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) fn interrupt(&mut self, cut: TimedOut, random: &mut Option<u32>)
    where
        H: Interrupt<O>,
    {
        if cut.is_deadline() && self.outcome.is_some() {
            self.end_at_deadline();
            return;
        }
        let Some(made_up) = self.attempts.make_up(cut) else {
            return;
        };
        if cut.is_deadline() {
            self.outcome = Some(made_up);
            self.end_at_deadline();
            return;
        }
        self.decide(&made_up, random);
        if self.outcome.is_none() || matches!(self.stage, Stage::Final { .. }) {
            self.outcome = Some(made_up);
        }
    }

    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    fn end_at_deadline(&mut self) {
        if let Some(outcome) = &self.outcome {
            self.attempts.interrupt(outcome);
        }
        self.stage = self.ended();
    }
}

impl<O: fmt::Debug, A: fmt::Debug> fmt::Debug for Slot<O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("attempts", &self.attempts)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
