//! What a call tells a budget, and what it is told.

use core::time::Duration;

use super::call_end::CallEnd;
use super::planned_retry::PlannedRetry;

/// A limit on the retries of many calls together.
///
/// A call tells its budget three things: that it begins, that it would retry, and that it ends. In between, the
/// caller keeps what the call holds, so that the budget needs no list of calls. An [`Account`](super::Account)
/// does that.
///
/// All calls of a budget take their times from one monotonic clock. If a time is earlier than one that another
/// call already reported, the later one is used.
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
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// assert!(!switch.withdraw(&mut (), &retry));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a budget",
    label = "not a budget",
    note = "calls share a budget by reference: `with_budget(&BUDGET)`"
)]
pub trait Budget {
    /// What one call holds. The default is nothing: what a call holds before it begins and after it ended.
    type Held: Default;

    /// Asks whether the call may wait and try again, and charges it if so.
    ///
    /// Returns `false` to refuse the retry; the call then ends with
    /// [`GiveUp::Budget`](crate::GiveUp::Budget).
    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool;

    /// Takes back a retry that this budget granted and another one refused, and returns its price.
    ///
    /// Does nothing by default. That is right for a budget that counts every failure, retried or not.
    #[inline]
    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        let _ = (held, retry);
    }

    /// Asks whether a granted retry should still be made, now that its wait is over. Nothing is charged.
    ///
    /// Returns `true` by default: the price has been paid. A budget that follows the load overrides it, because
    /// the load may have changed during the wait.
    #[inline]
    fn recheck(&self, held: &Self::Held) -> bool {
        let _ = held;
        true
    }

    /// Counts a call that begins. Does nothing by default.
    #[inline]
    fn begin(&self, held: &mut Self::Held, now: Duration) {
        let _ = (held, now);
    }

    /// Takes back what a call holds at its end. Does nothing by default.
    ///
    /// Must do nothing for a call that holds nothing and was [cancelled](CallEnd::Cancelled): an account that is
    /// dropped after its end reports that.
    #[inline]
    fn end(&self, held: Self::Held, end: CallEnd) {
        let _ = (held, end);
    }

    /// Whether [`begin`](Self::begin) does anything. If not, drivers need not read a clock for it.
    #[doc(hidden)]
    const BEGINS: bool = true;
}

impl<B: Budget + ?Sized> Budget for &B {
    type Held = B::Held;

    const BEGINS: bool = B::BEGINS;

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
    fn begin(&self, held: &mut Self::Held, now: Duration) {
        (**self).begin(held, now);
    }

    #[inline]
    fn end(&self, held: Self::Held, end: CallEnd) {
        (**self).end(held, end);
    }
}
