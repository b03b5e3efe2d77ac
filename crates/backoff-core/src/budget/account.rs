//! What stands between one call and a budget.

use core::fmt;
use core::mem;
use core::time::Duration;

use super::{Budget, CallEnd, PlannedRetry, Unlimited};

/// One call at a budget: keeps what the call holds, and gives it back at the end.
///
/// Dropping it is the end of a call that was [cancelled](CallEnd::Cancelled), so that a call that is dropped in
/// flight is no longer counted.
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
    /// Opens an account for a call that has not begun; `budget` is usually a reference to one.
    #[must_use]
    pub fn new(budget: B) -> Self {
        Self {
            budget,
            held: B::Held::default(),
        }
    }

    /// Begins the call.
    #[inline]
    pub fn begin(&mut self, now: Duration) {
        self.end(CallEnd::Cancelled);
        self.budget.begin(&mut self.held, now);
    }

    /// Whether the call may wait and try again; charges the budget, if so.
    #[inline]
    pub fn withdraw(&mut self, retry: &PlannedRetry) -> bool {
        self.budget.withdraw(&mut self.held, retry)
    }

    /// Whether a retry that was granted should still be made, now that its wait is over.
    #[inline]
    #[must_use]
    pub fn recheck(&self) -> bool {
        self.budget.recheck(&self.held)
    }

    /// Ends the call.
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
