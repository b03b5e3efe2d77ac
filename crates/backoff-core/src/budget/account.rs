//! One call at a budget.

use core::fmt;
use core::mem;
use core::time::Duration;

use super::budget::Budget;
use super::call_end::CallEnd;
use super::planned_retry::PlannedRetry;
use super::unlimited::Unlimited;

/// One call at a budget: keeps what the call holds, and gives it back at the end.
///
/// Dropping an account ends its call as [cancelled](CallEnd::Cancelled), so that a call that is dropped in flight
/// is no longer counted.
///
/// # Examples
///
/// ```
/// # #[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))] {
/// use backoff_core::{Account, ConcurrencyBudget};
/// use core::time::Duration;
///
/// static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 5);
///
/// let mut account = Account::new(&BUDGET);
/// account.begin(Duration::ZERO);
/// assert_eq!(BUDGET.calls(), 1);
/// drop(account);
/// assert_eq!(BUDGET.calls(), 0);
/// # }
/// ```
pub struct Account<B: Budget = Unlimited> {
    budget: B,
    held: B::Held,
}

impl Account {
    /// The account of a call without a budget.
    pub const UNLIMITED: Self = Self {
        budget: Unlimited,
        held: (),
    };
}

impl<B: Budget> Account<B> {
    /// Opens an account for a call that has not begun; `budget` is usually a reference.
    #[must_use]
    pub fn new(budget: B) -> Self {
        Self {
            budget,
            held: B::Held::default(),
        }
    }

    /// Counts the call as begun. If an earlier call of this account has not ended, it counts as cancelled.
    #[inline]
    pub fn begin(&mut self, now: Duration) {
        self.end(CallEnd::Cancelled);
        self.budget.begin(&mut self.held, now);
    }

    /// Asks the budget whether the call may wait and try again, and charges it if so.
    #[inline]
    #[must_use = "a retry that the budget refuses must not be made"]
    pub fn withdraw(&mut self, retry: &PlannedRetry) -> bool {
        self.budget.withdraw(&mut self.held, retry)
    }

    /// Asks the budget whether a granted retry should still be made, now that its wait is over.
    #[inline]
    #[must_use]
    pub fn recheck(&self) -> bool {
        self.budget.recheck(&self.held)
    }

    /// Ends the call, and gives back what it holds.
    #[inline]
    pub fn end(&mut self, end: CallEnd) {
        self.budget.end(mem::take(&mut self.held), end);
    }
}

impl<B: Budget> Drop for Account<B> {
    #[inline]
    fn drop(&mut self) {
        self.end(CallEnd::Cancelled);
    }
}

impl<B: Budget> fmt::Debug for Account<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::decision::GiveUp;
    use crate::failure::Failure;

    const NOW: Duration = Duration::from_secs(1);

    const RETRY: PlannedRetry = PlannedRetry::new(NOW, Failure::transient(), Duration::ZERO);

    #[test]
    fn without_a_budget_every_retry_is_allowed() {
        let mut account = Account::UNLIMITED;
        account.begin(NOW);
        assert!(account.withdraw(&RETRY) && account.recheck());
        account.end(CallEnd::GaveUp(GiveUp::Attempts));
        assert!(account.withdraw(&RETRY));
        assert_eq!(std::format!("{account:?}"), "Account { .. }");
    }

    #[test]
    fn a_budget_that_only_withdraws_is_one() {
        struct Never;
        impl Budget for Never {
            type Held = ();
            fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
                false
            }
        }
        let mut account = Account::new(&Never);
        account.begin(NOW);
        assert!(!account.withdraw(&RETRY) && account.recheck());
        account.end(CallEnd::Succeeded);
    }
}
