//! Limits on the retries of many calls together.
//!
//! A policy bounds the retries of one call. When a service is down, every call fails, and a fleet that makes
//! five attempts per call sends it five times the load. A budget is shared by all calls to that service, and
//! lets them retry only as much as it can bear.
//!
//! | budget | allows |
//! |---|---|
//! | [`ConcurrencyBudget`] | retries by a share of the calls in flight, and by a few in any case (Envoy's retry budget) |
//! | [`RatioBudget`] | a share of the calls of a sliding window, and some retries per second (Finagle's retry budget) |
//! | [`RequestBudget`] | so many retries and so much waiting by all calls that serve one request |
//! | [`ThrottleBudget`] | retries while more than half of the tokens are left (gRPC's retry throttling) |
//! | [`TokenBudget`] | retries that are paid in tokens, which successes give back (the standard mode of the AWS SDKs) |
//! | [`Unlimited`] | every retry, and takes no space |
//!
//! All of them are made by `const` functions, live in a `static` or on the stack, need no allocator and no lock,
//! and are shared by reference between tasks and threads. They count in integers: a ratio of 3 to 10 allows 300
//! retries for 1,000 calls. A retry is charged before its wait, since the retries that are waiting are the load
//! to come.
//!
//! # How it is asked
//!
//! A driver takes a budget by `with_budget`. Without a driver, an [`Account`] stands between a call and the
//! budget, and gives back what the call still holds when it is dropped:
//!
//! ```
//! # #[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))] {
//! use backoff_core::{Account, CallEnd, Decision, Failure, GiveUp, PlannedRetry, Policy, TokenBudget};
//! use core::time::Duration;
//!
//! static POLICY: Policy = Policy::DEFAULT;
//! static BUDGET: TokenBudget = TokenBudget::aws_2_1();
//!
//! # fn uptime() -> Duration { Duration::ZERO }
//! # fn random() -> u32 { 7 }
//! # fn wait(_: Duration) {}
//! # let mut failures = 1;
//! # let mut publish = || if failures == 0 { true } else { failures -= 1; false };
//! let (mut retry, mut account) = (POLICY.start(), Account::new(&BUDGET));
//! let began = uptime();
//! account.begin(began);
//! let end = loop {
//!     if publish() {
//!         break CallEnd::Succeeded;
//!     }
//!     let (now, failure) = (uptime(), Failure::transient());
//!     match retry.on_failure(now - began, failure, random()) {
//!         Decision::GiveUp(reason) => break CallEnd::GaveUp(reason),
//!         Decision::Retry { after } if account.withdraw(&PlannedRetry::new(now, failure, after)) => wait(after),
//!         Decision::Retry { .. } => break CallEnd::GaveUp(GiveUp::Budget),
//!     }
//! };
//! account.end(end);
//! # assert_eq!((end, BUDGET.tokens()), (CallEnd::Succeeded, 500));
//! # }
//! ```
//!
//! # Targets without compare-and-swap
//!
//! Where the target has no atomic compare-and-swap (thumbv6m, riscv32imc), all budgets but [`Unlimited`] need
//! the feature `portable-atomic-1`, and are absent without it. How to emulate the operation is for the final
//! binary to say, by `portable-atomic`'s feature `critical-section` or its assumption of a single core.

mod account;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod bucket;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod concurrency;
#[cfg(all(loom, test))]
mod interleavings;
mod planned_retry;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod ratio;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod request;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod throttle;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod token;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod window;

use core::time::Duration;

use crate::decision::GiveUp;

pub use account::Account;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use concurrency::{ConcurrencyBudget, InFlight};
pub use planned_retry::PlannedRetry;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use ratio::RatioBudget;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use request::RequestBudget;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use throttle::ThrottleBudget;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use token::{Charge, TokenBudget};

/// A limit on the retries of many calls together.
///
/// A call tells it of three things: that it begins, that it would retry, that it ends. Between them the caller
/// keeps what the call holds, so that the budget itself keeps no list of calls. An [`Account`] does that.
///
/// `now` is the time of one monotonic clock that all calls of the budget share; a moment that is earlier than
/// another call's counts as that.
///
/// # Examples
///
/// A budget that an operator switches off:
///
/// ```
/// use backoff_core::{Budget, Failure, PlannedRetry};
/// use core::sync::atomic::{AtomicBool, Ordering};
/// use core::time::Duration;
///
/// struct Switch(AtomicBool);
///
/// impl Budget for Switch {
///     type Held = ();
///
///     fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
///         self.0.load(Ordering::Relaxed)
///     }
/// }
///
/// let switch = Switch(AtomicBool::new(false));
/// assert!(!switch.withdraw(&mut (), &PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a budget",
    label = "not a budget",
    note = "calls share a budget by reference: `with_budget(&BUDGET)`"
)]
pub trait Budget {
    /// What one call holds; the default is nothing, and is what a call holds before it begins and after it ended.
    type Held: Default;

    /// Whether a call that begins must be counted; where it need not, no driver asks a clock for it.
    const BEGINS: bool = true;

    /// Counts a call that begins, where the budget counts calls.
    #[inline]
    fn begin(&self, held: &mut Self::Held, now: Duration) {
        let _ = (held, now);
    }

    /// Whether the call may wait and try again; charges it, if so.
    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool;

    /// Takes back a retry that was granted just now, since another budget refused it: what it cost is given back.
    ///
    /// Does nothing by default, as is right for a budget that counts failures, whether they are retried or not.
    #[inline]
    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        let _ = (held, retry);
    }

    /// Whether a retry that was granted should still be made, now that its wait is over.
    ///
    /// Nothing is charged. Always so for a budget whose price is paid once.
    #[inline]
    fn recheck(&self, held: &Self::Held) -> bool {
        let _ = held;
        true
    }

    /// Takes back what the call holds, now that it is over.
    ///
    /// Does nothing for [`CallEnd::Cancelled`] and a call that holds nothing.
    #[inline]
    fn end(&self, held: Self::Held, end: CallEnd) {
        let _ = (held, end);
    }
}

/// How a call ended, as a budget sees it.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Account, CallEnd, Unlimited};
/// Account::new(Unlimited).end(CallEnd::Succeeded);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum CallEnd {
    /// It was dropped, and nobody knows what would have become of it.
    Cancelled,
    /// It failed and is not retried.
    GaveUp(GiveUp),
    /// It succeeded.
    Succeeded,
}

/// The budget of calls that share none: allows every retry, takes no space and no time.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Account, Failure, PlannedRetry, Unlimited};
/// # use core::time::Duration;
/// let mut account = Account::new(Unlimited);
/// assert!(account.withdraw(&PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::MAX)));
/// assert_eq!(size_of_val(&account), 0);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Unlimited;

impl Budget for Unlimited {
    type Held = ();

    const BEGINS: bool = false;

    #[inline]
    fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
        true
    }
}

impl<B: Budget + ?Sized> Budget for &B {
    type Held = B::Held;

    const BEGINS: bool = B::BEGINS;

    #[inline]
    fn begin(&self, held: &mut Self::Held, now: Duration) {
        (**self).begin(held, now);
    }

    #[inline]
    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool {
        (**self).withdraw(held, retry)
    }

    #[inline]
    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        (**self).refund(held, retry);
    }

    #[inline]
    fn recheck(&self, held: &Self::Held) -> bool {
        (**self).recheck(held)
    }

    #[inline]
    fn end(&self, held: Self::Held, end: CallEnd) {
        (**self).end(held, end);
    }
}

/// Two budgets at once, such as that of a request and that of a server: both must allow a retry.
///
/// Both are always asked, since some count every failure; where one of them refuses, the other gives back what it
/// was paid.
///
/// # Examples
///
/// ```
/// # #[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))] {
/// # use backoff_core::{Account, Failure, PlannedRetry, RequestBudget, TokenBudget};
/// # use core::time::Duration;
/// let (request, server) = (RequestBudget::new(10, Duration::from_secs(5)), TokenBudget::new(14, 14));
/// let mut account = Account::new((&request, &server));
/// let planned = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// let mut retry = || account.withdraw(&planned);
/// assert_eq!([retry(), retry()], [true, false]); // the server's bucket is empty
/// assert_eq!(request.retries(), 9); // which costs the request nothing
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

    #[test]
    fn without_a_budget_every_retry_is_allowed() {
        let mut account = Account::UNLIMITED;
        account.begin(NOW);
        assert!(withdraw(&mut account) && account.recheck());
        account.end(CallEnd::GaveUp(GiveUp::Attempts));
        assert!(withdraw(&mut account));
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
        assert!(!withdraw(&mut account) && account.recheck());
        account.end(CallEnd::Succeeded);
    }
}
