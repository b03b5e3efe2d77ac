//! A bucket that failures drain.

use backoff_core::{CallEnd, GiveUp, PlannedRetry, ThrottleBudget};

use super::Model;

/// In thousandths.
pub(super) struct Throttle {
    tokens: i128,
    most: i128,
    ratio: i128,
}

impl Throttle {
    pub(super) fn of(max_tokens: u32, thousandths: u32) -> Self {
        let most = i128::from(max_tokens.clamp(1, 1_000)) * 1_000;
        Self {
            tokens: most,
            most,
            ratio: thousandths.max(1).into(),
        }
    }
}

impl Model<ThrottleBudget> for Throttle {
    fn withdraw(&mut self, call: usize, _retry: &PlannedRetry, granted: bool) {
        self.tokens = (self.tokens - 1_000).max(0);
        assert_eq!(granted, self.recheck(call));
    }

    fn recheck(&self, _call: usize) -> bool {
        2 * self.tokens > self.most
    }

    fn end(&mut self, _call: usize, end: CallEnd) {
        match end {
            CallEnd::Cancelled | CallEnd::GaveUp(GiveUp::Budget | GiveUp::Permanent) => {}
            CallEnd::GaveUp(_) => self.tokens = (self.tokens - 1_000).max(0),
            CallEnd::Succeeded => self.tokens = (self.tokens + self.ratio).min(self.most),
        }
    }

    fn agree(&self, budget: &ThrottleBudget) {
        assert_eq!(i128::from(budget.thousandths()), self.tokens);
    }
}
