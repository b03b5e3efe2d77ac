//! Two budgets at once.

use core::time::Duration;

use super::budget::Budget;
use super::call_end::CallEnd;
use super::planned_retry::PlannedRetry;

/// Two budgets at once, such as that of a request and that of a server: both must allow a retry.
///
/// Both are always asked, because some count every failure. If one of them refuses, the other is refunded.
///
/// # Examples
///
/// ```
/// # #[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))] {
/// # use backoff_core::{Account, Failure, PlannedRetry, RequestBudget, TokenBudget};
/// # use core::time::Duration;
/// let (request, server) = (RequestBudget::new(10, Duration::from_secs(5)), TokenBudget::new(14, 14));
/// let mut account = Account::new((&request, &server));
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// assert_eq!([account.withdraw(&retry), account.withdraw(&retry)], [true, false]); // the server's is empty
/// assert_eq!(request.retries(), 9); // the refused retry costs the request nothing
/// # }
/// ```
impl<A: Budget, B: Budget> Budget for (A, B) {
    type Held = (A::Held, B::Held);

    const BEGINS: bool = A::BEGINS || B::BEGINS;

    #[inline]
    fn begin(&self, held: &mut Self::Held, now: Duration) {
        self.0.begin(&mut held.0, now);
        self.1.begin(&mut held.1, now);
    }

    #[inline]
    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool {
        let first = self.0.withdraw(&mut held.0, retry);
        let second = self.1.withdraw(&mut held.1, retry);
        match (first, second) {
            (true, false) => self.0.refund(&mut held.0, retry),
            (false, true) => self.1.refund(&mut held.1, retry),
            _ => {}
        }
        first && second
    }

    #[inline]
    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        self.0.refund(&mut held.0, retry);
        self.1.refund(&mut held.1, retry);
    }

    #[inline]
    fn recheck(&self, held: &Self::Held) -> bool {
        self.0.recheck(&held.0) && self.1.recheck(&held.1)
    }

    #[inline]
    fn end(&self, held: Self::Held, end: CallEnd) {
        self.0.end(held.0, end);
        self.1.end(held.1, end);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::budget::account::Account;
    use crate::budget::shared::{
        ConcurrencyBudget, RatioBudget, RequestBudget, ThrottleBudget, TokenBudget,
    };
    use crate::budget::unlimited::Unlimited;
    use crate::decision::GiveUp;
    use crate::failure::Failure;

    const NOW: Duration = Duration::from_secs(1);

    fn withdraw<B: Budget>(account: &mut Account<B>) -> bool {
        account.withdraw(&PlannedRetry::new(
            NOW,
            Failure::transient(),
            Duration::ZERO,
        ))
    }

    #[test]
    fn two_budgets_are_both_told_and_both_asked() {
        let (calls, tokens) = (ConcurrencyBudget::new(1, 1), TokenBudget::new(10, 4));
        let mut account = Account::new((&calls, &tokens));
        account.begin(NOW);
        assert_eq!((calls.calls(), withdraw(&mut account)), (1, true));
        assert_eq!((calls.retries(), tokens.tokens()), (1, 6));
        assert!(account.recheck());
        account.end(CallEnd::Succeeded);
        assert_eq!((calls.calls(), tokens.tokens()), (0, 10));
        assert!(!withdraw(&mut account), "the first one refuses");
        assert_eq!(tokens.tokens(), 10, "and the second one is given back");
    }

    #[test]
    fn where_one_of_two_refuses_the_other_gives_back_what_it_was_paid() {
        let delay = Duration::from_millis(1);
        let (calls, tokens) = (ConcurrencyBudget::new(1, 1), TokenBudget::new(10, 4));
        let share = RatioBudget::new(0, 3).with_reserve(1);
        let request = RequestBudget::new(7, Duration::from_secs(1));
        let all = (&calls, (&tokens, (&share, &request)));
        let never = ThrottleBudget::new(1, 1);
        let mut account = Account::new((all, (&never, all)));
        account.begin(NOW);
        assert!(!account.withdraw(&PlannedRetry::new(NOW, Failure::transient(), delay)));
        assert_eq!((calls.calls(), calls.retries()), (2, 0));
        assert_eq!((tokens.tokens(), request.retries()), (10, 7));
        assert_eq!(request.waiting(), Duration::from_secs(1));
        let mut left = Account::new(&share);
        let granted = (0..20).filter(|_| withdraw(&mut left)).count();
        assert_eq!(granted, 10);
    }

    #[test]
    fn a_budget_that_counts_failures_counts_those_too_that_the_other_refuses() {
        let empty = || TokenBudget::new(0, 1);
        let throttle = ThrottleBudget::new(10, 100);
        assert!(!withdraw(&mut Account::new((&throttle, &empty()))));
        assert!(!withdraw(&mut Account::new((&empty(), &throttle))));
        assert_eq!(throttle.thousandths(), 8_000);
    }

    #[test]
    fn a_pair_counts_calls_that_begin_if_either_does() {
        type Counts = ConcurrencyBudget;
        let counts = [
            <(Unlimited, Unlimited)>::BEGINS,
            <(Counts, Unlimited)>::BEGINS,
            <(Unlimited, Counts)>::BEGINS,
            <(Counts, Counts)>::BEGINS,
        ];
        assert_eq!(counts, [false, true, true, true]);
    }

    #[test]
    fn either_of_two_budgets_can_call_a_retry_off() {
        let full = || ThrottleBudget::new(4, 1);
        for (spent, fresh) in [(0, 1), (1, 0)] {
            let budgets = [full(), full()];
            let mut account = Account::new((&budgets[0], &budgets[1]));
            assert!(withdraw(&mut account) && account.recheck());
            budgets[spent].end((), CallEnd::GaveUp(GiveUp::Attempts));
            assert!(!account.recheck(), "{fresh} is left");
        }
    }
}
