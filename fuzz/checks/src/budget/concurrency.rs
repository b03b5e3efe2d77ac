//! Calls in flight, and which of them are retrying.

use core::time::Duration;

use backoff_core::{CallEnd, ConcurrencyBudget, PlannedRetry};

use super::{CALLS, Model, Share};

/// Per call: whether it is retrying, once it has begun.
pub(super) struct Concurrency {
    share: Share,
    min_retries: i128,
    calls: [Option<bool>; CALLS],
}

impl Concurrency {
    pub(super) fn of(share: Share, min_retries: u8) -> Self {
        Self {
            share,
            min_retries: min_retries.into(),
            calls: [None; CALLS],
        }
    }

    fn allows(&self, call: usize) -> bool {
        let others = self
            .calls
            .iter()
            .enumerate()
            .filter(|(other, state)| *other != call && **state == Some(true));
        let (others, calls) = (count(others), count(self.calls.iter().flatten()));
        let most = calls * self.share.numerator / self.share.denominator;
        self.calls[call].is_some() && others < most.max(self.min_retries)
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i128 {
    items.map(|_| 1_i128).sum()
}

impl Model<ConcurrencyBudget> for Concurrency {
    fn begin(&mut self, call: usize, _now: Duration) {
        self.calls[call] = Some(false);
    }

    fn withdraw(&mut self, call: usize, _retry: &PlannedRetry, granted: bool) {
        assert_eq!(granted, self.allows(call));
        if granted {
            self.calls[call] = Some(true);
        }
    }

    fn recheck(&self, call: usize) -> bool {
        self.calls[call] == Some(true) && self.allows(call)
    }

    fn end(&mut self, call: usize, _end: CallEnd) {
        self.calls[call] = None;
    }

    fn agree(&self, budget: &ConcurrencyBudget) {
        assert_eq!(budget.calls(), self.calls.iter().flatten().count());
        assert_eq!(
            budget.retries(),
            self.calls
                .iter()
                .filter(|state| **state == Some(true))
                .count()
        );
    }
}
