//! Budgets behind pointers that are counted.

use core::time::Duration;

use super::budget::Budget;
use super::call_end::CallEnd;
use super::planned_retry::PlannedRetry;

/// Passes every method on to what the pointer points at.
macro_rules! pass_on {
    () => {
        type Held = B::Held;

        const BEGINS: bool = B::BEGINS;

        #[inline]
        fn withdraw(&self, held: &mut B::Held, retry: &PlannedRetry) -> bool {
            (**self).withdraw(held, retry)
        }

        #[inline]
        fn refund(&self, held: &mut B::Held, retry: &PlannedRetry) {
            (**self).refund(held, retry);
        }

        #[inline]
        fn recheck(&self, held: &B::Held) -> bool {
            (**self).recheck(held)
        }

        #[inline]
        fn begin(&self, held: &mut B::Held, now: Duration) {
            (**self).begin(held, now);
        }

        #[inline]
        fn end(&self, held: B::Held, end: CallEnd) {
            (**self).end(held, end);
        }
    };
}

/// A budget that the calls of one thread own together.
impl<B: Budget + ?Sized> Budget for alloc::rc::Rc<B> {
    pass_on!();
}

/// A budget that the calls of many threads own together, for one that is made while the program runs.
#[cfg(target_has_atomic = "ptr")]
impl<B: Budget + ?Sized> Budget for alloc::sync::Arc<B> {
    pass_on!();
}

#[cfg(all(test, target_has_atomic = "ptr"))]
mod tests {
    use alloc::rc::Rc;
    use alloc::sync::Arc;

    use super::*;
    use crate::{Account, ConcurrencyBudget, Failure, TokenBudget};

    #[test]
    fn a_budget_behind_a_pointer_is_the_same_budget() {
        let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
        let tokens = Arc::new(TokenBudget::new(10, 5));
        let (mut first, mut second) = (Account::new(tokens.clone()), Account::new(tokens.clone()));
        assert_eq!([first.withdraw(&retry), second.withdraw(&retry)], [true; 2]);
        assert!(!first.withdraw(&retry), "both were charged to one budget");
        first.end(CallEnd::Succeeded);
        assert_eq!(tokens.tokens(), 5, "the price came back");

        let calls = Rc::new(ConcurrencyBudget::new(1, 5));
        let mut account = Account::new(calls.clone());
        account.begin(Duration::ZERO);
        assert_eq!(calls.calls(), 1);
        drop(account);
        assert_eq!(calls.calls(), 0);
    }
}
