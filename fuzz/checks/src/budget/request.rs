//! What is left for one request.

use core::time::Duration;

use backoff_core::{PlannedRetry, RequestBudget};

use super::Model;

/// Retries and waiting that are left.
pub(super) struct Request {
    retries: u128,
    millis: u128,
}

impl Request {
    pub(super) fn of(retries: u32, waiting: Duration) -> Self {
        Self {
            retries: retries.min(1_023).into(),
            millis: waiting.as_millis().min(4_194_303),
        }
    }
}

impl Model<RequestBudget> for Request {
    fn withdraw(&mut self, _call: usize, retry: &PlannedRetry, granted: bool) {
        let millis = retry.delay.as_nanos().div_ceil(1_000_000);
        assert_eq!(granted, self.retries > 0 && millis <= self.millis);
        if granted {
            self.retries -= 1;
            self.millis -= millis;
        }
    }

    fn agree(&self, budget: &RequestBudget) {
        assert_eq!(u128::from(budget.retries()), self.retries);
        assert_eq!(budget.waiting().as_millis(), self.millis);
    }
}
