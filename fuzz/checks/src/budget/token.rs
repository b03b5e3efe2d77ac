//! A bucket that retries are paid from.

use backoff_core::{CallEnd, FailureKind, PlannedRetry, TokenBudget};

use super::{CALLS, Model};

/// The costs of transient, doubtful and throttled failures, and what each call paid last.
pub(super) struct Token {
    tokens: i128,
    capacity: i128,
    costs: [i128; 3],
    reward: i128,
    held: [i128; CALLS],
}

impl Token {
    pub(super) fn of(capacity: u32, tokens: u32, costs: [u32; 3], reward: u32) -> Self {
        Self {
            tokens: tokens.min(capacity).into(),
            capacity: capacity.into(),
            costs: costs.map(i128::from),
            reward: reward.into(),
            held: [0; CALLS],
        }
    }
}

impl Model<TokenBudget> for Token {
    fn withdraw(&mut self, call: usize, retry: &PlannedRetry, granted: bool) {
        let cost = match retry.failure.kind() {
            FailureKind::Doubtful => self.costs[1],
            FailureKind::Throttled => self.costs[2],
            FailureKind::Permanent | FailureKind::Transient => self.costs[0],
        };
        assert_eq!(granted, cost <= self.tokens);
        if granted {
            self.tokens -= cost;
            self.held[call] = cost;
        }
    }

    fn end(&mut self, call: usize, end: CallEnd) {
        let paid = core::mem::take(&mut self.held[call]);
        if end == CallEnd::Succeeded {
            let back = if paid == 0 { self.reward } else { paid };
            self.tokens = (self.tokens + back).min(self.capacity);
        }
    }

    fn agree(&self, budget: &TokenBudget) {
        assert_eq!(
            (i128::from(budget.tokens()), i128::from(budget.capacity())),
            (self.tokens, self.capacity)
        );
    }
}
