//! No budget.

use super::budget::Budget;
use super::planned_retry::PlannedRetry;

/// The budget of a call without one: allows every retry and takes neither space nor time.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Account, Failure, PlannedRetry, Unlimited};
/// # use core::time::Duration;
/// let mut account = Account::new(Unlimited);
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::MAX);
/// assert!(account.withdraw(&retry));
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
