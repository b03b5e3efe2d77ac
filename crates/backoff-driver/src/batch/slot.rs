//! The place of one item in a batch.

use core::fmt;
use core::time::Duration;

use backoff_core::{Budget, Classify, Schedule};
use rand_core::Rng;

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::event::Observe;
use crate::report::{Ledger, Report};

/// The place of one item in a [`Batch`](crate::Batch): its attempts, and what the last of them came to.
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
    /// Makes a slot of an [`Attempts`], from which the deadline of the item counts.
    pub const fn new(attempts: A) -> Self {
        Self {
            attempts,
            outcome: None,
            stage: Stage::Due,
        }
    }

    /// The outcome of the last attempt that came to its end; `None` before the first.
    #[must_use]
    pub const fn outcome(&self) -> Option<&O> {
        self.outcome.as_ref()
    }

    /// The outcome of the last attempt that came to its end; `None` before the first.
    #[must_use]
    pub fn into_outcome(self) -> Option<O> {
        self.outcome
    }

    pub(super) const fn is_due(&self) -> bool {
        matches!(self.stage, Stage::Due)
    }

    /// Whether it is due, or its wait is over by then.
    #[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
    pub(super) fn is_due_by(&self, by: Option<Duration>) -> bool {
        self.is_due()
            || self
                .waits_until()
                .zip(by)
                .is_some_and(|(until, by)| until <= by)
    }

    pub(super) const fn waits_until(&self) -> Option<Duration> {
        match self.stage {
            Stage::Waiting { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Makes the item due, if its wait is over by then.
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

    /// When its wait ends, if nobody watches for that.
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
    pub(super) const fn set_out(&mut self) {
        self.stage = Stage::UnderWay;
    }
}

impl<O, S, Z: Clock, R, C, L, B: Budget> Slot<O, Attempts<'_, S, Z, R, C, L, Report, B>> {
    /// What happened to the item so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let elapsed = match self.stage {
            Stage::Final { elapsed } => elapsed,
            _ => self.attempts.elapsed(),
        };
        self.attempts.report_at(elapsed)
    }
}

impl<O, S: Schedule, Z: Clock, R: Rng, C, L, K: Ledger, B: Budget>
    Slot<O, Attempts<'_, S, Z, R, C, L, K, B>>
where
    C: Classify<O>,
    L: Observe<O>,
{
    /// Takes the outcome of an attempt.
    pub(super) fn settle(&mut self, outcome: O, random: &mut Option<u32>) {
        let delay = self.attempts.delay_after_drawing(&outcome, random);
        self.stage = match delay {
            None => Stage::Final {
                elapsed: self.attempts.elapsed(),
            },
            Some(delay) => Stage::Waiting {
                until: self.attempts.now().saturating_add(delay),
                is_watched: false,
            },
        };
        self.outcome = Some(outcome);
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
