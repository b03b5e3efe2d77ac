//! Retries by a share of the calls in flight.

use core::time::Duration;

use super::atomic::{AtomicUsize, Ordering};
use crate::budget::budget::Budget;
use crate::budget::call_end::CallEnd;
use crate::budget::planned_retry::PlannedRetry;

/// Lets a share of the calls in flight retry, and a few in any case: Envoy's retry budget.
///
/// A call is in flight from its beginning to its end, waits included. Once it is granted a retry it also counts as
/// retrying, until it ends. Each further retry is asked for again, and may be refused if other calls have ended in
/// the meantime. A dropped call is no longer counted.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, ConcurrencyBudget, Failure, PlannedRetry};
/// use core::time::Duration;
///
/// static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 5); // a fifth, and 3 in any case
///
/// let mut calls = [(); 20].map(|()| Account::new(&BUDGET));
/// calls.iter_mut().for_each(|call| call.begin(Duration::ZERO));
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// assert_eq!(calls.iter_mut().map(|call| call.withdraw(&retry)).filter(|granted| *granted).count(), 4);
/// ```
#[derive(Debug)]
pub struct ConcurrencyBudget {
    /// Calls that are retrying in the upper half, calls in flight in the lower: one integer keeps them consistent.
    state: AtomicUsize,
    numerator: u16,
    denominator: u16,
    min_retries: u32,
}

/// What one call holds of a [`ConcurrencyBudget`]: whether it counts as in flight and as retrying.
#[derive(Debug, Default)]
pub struct InFlight(Part);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Part {
    Call,
    #[default]
    None,
    Retry,
}

const HALF: u32 = usize::BITS / 2;
const CALL: usize = 1;
const RETRY: usize = 1 << HALF;
const CALLS: usize = RETRY - 1;

/// The default of Envoy's `min_retry_concurrency`.
const MIN_RETRIES: u32 = 3;

impl ConcurrencyBudget {
    /// Lets `numerator / denominator` of the calls in flight retry, rounded down, and 3 in any case. Envoy's
    /// default is 1 / 5.
    ///
    /// A denominator of zero means a share of zero.
    #[must_use]
    pub const fn new(numerator: u16, denominator: u16) -> Self {
        Self {
            state: AtomicUsize::new(0),
            numerator: if denominator == 0 { 0 } else { numerator },
            denominator: if denominator == 0 { 1 } else { denominator },
            min_retries: MIN_RETRIES,
        }
    }

    /// Sets how many calls may retry in any case, however few are in flight; the default is 3.
    #[must_use]
    pub const fn with_min_retries(mut self, retries: u32) -> Self {
        self.min_retries = retries;
        self
    }

    /// Returns the number of calls in flight.
    ///
    /// At most 65,535 calls are counted on 32-bit targets, and 2^32 - 1 on 64-bit ones. A call beyond that is not
    /// counted and not retried.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.state.load(Ordering::Relaxed) & CALLS
    }

    /// Returns the number of calls that are retrying.
    #[must_use]
    pub fn retries(&self) -> usize {
        self.state.load(Ordering::Relaxed) >> HALF
    }

    /// Returns whether one more call may retry while `others` are retrying.
    #[inline]
    const fn allows(&self, calls: usize, others: usize) -> bool {
        let (calls, others) = (calls as u64, others as u64);
        others < self.min_retries as u64
            || (others + 1) * self.denominator as u64 <= calls * self.numerator as u64
    }

    /// Returns the state in which this call is retrying, or `None` if it may not.
    #[inline]
    const fn granted(&self, state: usize, retrying: bool) -> Option<usize> {
        let others = if retrying {
            state.wrapping_sub(RETRY)
        } else {
            state
        };
        if self.allows(state & CALLS, others >> HALF) {
            return Some(others.wrapping_add(RETRY));
        }
        None
    }
}

impl Budget for ConcurrencyBudget {
    type Held = InFlight;

    #[inline]
    fn begin(&self, held: &mut InFlight, _now: Duration) {
        let count = |state| (state & CALLS < CALLS).then_some(state + CALL);
        let counted = self
            .state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, count);
        if counted.is_ok() {
            held.0 = Part::Call;
        }
    }

    #[inline]
    fn withdraw(&self, held: &mut InFlight, _retry: &PlannedRetry) -> bool {
        if held.0 == Part::None {
            return false;
        }
        let retrying = held.0 == Part::Retry;
        let granted = self
            .state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| {
                self.granted(state, retrying)
            });
        if granted.is_ok() {
            held.0 = Part::Retry;
        }
        granted.is_ok()
    }

    #[inline]
    fn refund(&self, held: &mut InFlight, _retry: &PlannedRetry) {
        if held.0 == Part::Retry {
            held.0 = Part::Call;
            self.state.fetch_sub(RETRY, Ordering::Relaxed);
        }
    }

    /// Checks the share again, because calls may have ended during the wait.
    #[inline]
    fn recheck(&self, held: &InFlight) -> bool {
        let state = self.state.load(Ordering::Relaxed);
        held.0 == Part::Retry && self.granted(state, true).is_some()
    }

    #[inline]
    fn end(&self, held: InFlight, _end: CallEnd) {
        let part = match held.0 {
            Part::None => return,
            Part::Call => CALL,
            Part::Retry => CALL | RETRY,
        };
        self.state.fetch_sub(part, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::budget::account::Account;
    use crate::failure::Failure;

    fn begun(budget: &ConcurrencyBudget, calls: usize) -> Vec<Account<&ConcurrencyBudget>> {
        let mut accounts: Vec<_> = (0..calls).map(|_| Account::new(budget)).collect();
        for account in &mut accounts {
            account.begin(Duration::ZERO);
        }
        accounts
    }

    fn withdraw(account: &mut Account<&ConcurrencyBudget>) -> bool {
        account.withdraw(&PlannedRetry::new(
            Duration::ZERO,
            Failure::transient(),
            Duration::ZERO,
        ))
    }

    #[test]
    fn the_share_is_rounded_down_and_the_minimum_holds() {
        let cases = [
            // (numerator, denominator, minimum, calls, granted)
            (1, 5, 3, 2, 2),
            (1, 5, 3, 19, 3),
            (1, 5, 3, 20, 4),
            (1, 5, 0, 4, 0),
            (1, 5, 0, 5, 1),
            (3, 10, 0, 999, 299),
            (3, 5, 0, 1_000, 600),
            (9, 10, 0, 10, 9),
            (2, 1, 0, 10, 10),
            (0, 1, 0, 10, 0),
            (1, 0, 0, 10, 0),
            (1, 0, u32::MAX, 10, 10),
        ];
        for (numerator, denominator, minimum, calls, granted) in cases {
            let budget = ConcurrencyBudget::new(numerator, denominator).with_min_retries(minimum);
            let mut accounts = begun(&budget, calls);
            let count = accounts
                .iter_mut()
                .filter_map(|a| withdraw(a).then_some(()))
                .count();
            let case = (numerator, denominator, minimum, calls);
            assert_eq!((count, budget.retries()), (granted, granted), "{case:?}");
        }
    }

    #[test]
    fn a_call_that_retries_twice_counts_once() {
        let budget = ConcurrencyBudget::new(0, 1).with_min_retries(1);
        let mut accounts = begun(&budget, 2);
        assert!(withdraw(&mut accounts[0]) && withdraw(&mut accounts[0]));
        assert!(!withdraw(&mut accounts[1]));
        assert_eq!((budget.calls(), budget.retries()), (2, 1));
    }

    #[test]
    fn calls_that_end_or_are_dropped_are_no_longer_counted() {
        let budget = ConcurrencyBudget::new(1, 2).with_min_retries(0);
        let mut accounts = begun(&budget, 4);
        assert!(withdraw(&mut accounts[0]) && withdraw(&mut accounts[1]));
        assert!(accounts[0].recheck());
        accounts[1].end(CallEnd::Succeeded);
        accounts.truncate(2);
        assert_eq!((budget.calls(), budget.retries()), (1, 1));
        assert!(!accounts[0].recheck() && !withdraw(&mut accounts[0]));
        drop(accounts);
        assert_eq!((budget.calls(), budget.retries()), (0, 0));
    }

    #[test]
    fn a_call_that_has_not_begun_is_not_retried() {
        let budget = ConcurrencyBudget::new(1, 1);
        let mut account = Account::new(&budget);
        assert!(!withdraw(&mut account));
        account.end(CallEnd::Succeeded);
        assert_eq!((budget.calls(), budget.retries()), (0, 0));
    }

    #[test]
    fn a_full_count_takes_no_further_call() {
        let budget = ConcurrencyBudget {
            state: AtomicUsize::new(CALLS),
            ..ConcurrencyBudget::new(1, 1)
        };
        let mut late = InFlight::default();
        budget.begin(&mut late, Duration::ZERO);
        assert_eq!((budget.calls(), budget.retries()), (CALLS, 0));
        budget.end(late, CallEnd::Cancelled);
        assert_eq!((budget.calls(), budget.retries()), (CALLS, 0));
    }
}
