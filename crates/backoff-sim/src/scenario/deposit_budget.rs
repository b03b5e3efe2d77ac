//! A token bucket that successes fill.

use std::cell::Cell;

use backoff_core::{Budget, CallEnd, PlannedRetry};

/// A token bucket: every success adds a part of a token, and every retry takes a whole one.
///
/// This is the rule of Marc Brooker, "Fixing retries with token buckets and circuit breakers", 2022, to compare the
/// budgets of `backoff-core` with.
#[derive(Clone, Debug)]
pub(super) struct DepositBudget {
    /// In thousandths of a token.
    tokens: Cell<u32>,
    max: u32,
    /// What a success adds, in thousandths of a token.
    deposit: u32,
}

/// A token, in thousandths.
const TOKEN: u32 = 1_000;

impl DepositBudget {
    /// Creates a full bucket of `tokens` tokens, to which a success adds `thousandths` of a token.
    pub(super) const fn new(tokens: u32, thousandths: u32) -> Self {
        let max = tokens.saturating_mul(TOKEN);
        Self {
            tokens: Cell::new(max),
            max,
            deposit: thousandths,
        }
    }
}

impl Budget for DepositBudget {
    type Held = ();

    fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
        let left = self.tokens.get().checked_sub(TOKEN);
        if let Some(left) = left {
            self.tokens.set(left);
        }
        left.is_some()
    }

    fn refund(&self, _held: &mut (), _retry: &PlannedRetry) {
        self.tokens
            .set(self.tokens.get().saturating_add(TOKEN).min(self.max));
    }

    fn end(&self, _held: (), end: CallEnd) {
        if end == CallEnd::Succeeded {
            let tokens = self.tokens.get().saturating_add(self.deposit);
            self.tokens.set(tokens.min(self.max));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use backoff_core::{Account, Failure};

    use super::*;

    #[test]
    fn ten_successes_pay_for_a_retry_at_a_tenth_of_a_token_each() {
        let budget = DepositBudget::new(1, 100);
        let retry = || {
            Account::new(&budget).withdraw(&PlannedRetry::new(
                Duration::ZERO,
                Failure::transient(),
                Duration::ZERO,
            ))
        };
        assert_eq!([retry(), retry()], [true, false]);
        (0..10).for_each(|_| Account::new(&budget).end(CallEnd::Succeeded));
        assert_eq!([retry(), retry()], [true, false]);
    }
}
