//! The retries of all calls that serve one request.

use core::time::Duration;

use super::atomic::{AtomicU32, Ordering};
use crate::budget::budget::Budget;
use crate::budget::planned_retry::PlannedRetry;

/// A number of retries and an amount of waiting, for all calls that serve one request.
///
/// Make one per request and pass a reference to every call that the request needs. What is spent does not come
/// back. Simultaneous waits are added up.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, Failure, PlannedRetry, RequestBudget};
/// use core::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let budget = RequestBudget::new(3, 4 * second);
/// let retry = |delay| PlannedRetry::new(second, Failure::transient(), delay);
/// let withdraw = |delay| Account::new(&budget).withdraw(&retry(delay));
/// assert!(withdraw(2 * second));
/// assert!(!withdraw(3 * second)); // longer than what is left
/// assert!(withdraw(2 * second));
/// assert!(withdraw(0 * second));
/// assert!(!withdraw(0 * second)); // the fourth retry
/// ```
#[derive(Debug)]
pub struct RequestBudget {
    /// The retries that are left in the upper bits, the milliseconds in the lower: one integer, so that both are
    /// charged or neither.
    left: AtomicU32,
}

const RETRY_BITS: u32 = 10;
const MILLI_BITS: u32 = u32::BITS - RETRY_BITS;
const ONE_RETRY: u32 = 1 << MILLI_BITS;
const MOST_MILLIS: u32 = ONE_RETRY - 1;
const MOST_RETRIES: u32 = (1 << RETRY_BITS) - 1;

impl RequestBudget {
    /// Makes a budget of at most 1,023 retries and at most 4,194,303 ms (69 minutes) of waiting; larger arguments
    /// count as these.
    ///
    /// The limit on waiting is rounded down to milliseconds, and each wait is rounded up.
    #[must_use]
    pub const fn new(retries: u32, waiting: Duration) -> Self {
        let retries = if retries < MOST_RETRIES {
            retries
        } else {
            MOST_RETRIES
        };
        let waiting = match millis(waiting, 0) {
            Some(waiting) => waiting,
            None => MOST_MILLIS,
        };
        Self {
            left: AtomicU32::new((retries << MILLI_BITS) | waiting),
        }
    }

    /// Returns the number of retries that are left.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.left.load(Ordering::Relaxed) >> MILLI_BITS
    }

    /// Returns how much waiting is left, in whole milliseconds.
    #[must_use]
    pub fn waiting(&self) -> Duration {
        Duration::from_millis((self.left.load(Ordering::Relaxed) & MOST_MILLIS).into())
    }
}

impl Budget for RequestBudget {
    type Held = ();

    const BEGINS: bool = false;

    #[inline]
    fn withdraw(&self, _held: &mut (), retry: &PlannedRetry) -> bool {
        let Some(millis) = millis(retry.delay, ALMOST_ONE_MILLI) else {
            return false;
        };
        let spend = |left: u32| {
            (left & MOST_MILLIS >= millis)
                .then(|| left.checked_sub(ONE_RETRY + millis))
                .flatten()
        };
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend)
            .is_ok()
    }

    #[inline]
    fn refund(&self, _held: &mut (), retry: &PlannedRetry) {
        if let Some(millis) = millis(retry.delay, ALMOST_ONE_MILLI) {
            self.left.fetch_add(ONE_RETRY + millis, Ordering::Relaxed);
        }
    }
}

/// Added to nanoseconds before they are divided, these round the milliseconds up.
const ALMOST_ONE_MILLI: u32 = 999_999;

/// Returns the milliseconds of a duration plus `extra_nanos`, rounded down, or `None` if no budget holds that many.
const fn millis(duration: Duration, extra_nanos: u32) -> Option<u32> {
    if duration.as_secs() > (MOST_MILLIS / 1_000) as u64 {
        return None;
    }
    let below_one_second = (duration.subsec_nanos() + extra_nanos) / 1_000_000;
    let millis = duration.as_secs() as u32 * 1_000 + below_one_second;
    if millis > MOST_MILLIS {
        return None;
    }
    Some(millis)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::failure::Failure;

    const MILLI: Duration = Duration::from_millis(1);

    fn withdraw(budget: &RequestBudget, delay: Duration) -> bool {
        budget.withdraw(
            &mut (),
            &PlannedRetry::new(Duration::ZERO, Failure::transient(), delay),
        )
    }

    #[test]
    fn waits_are_rounded_up_and_the_limit_down() {
        let nano = Duration::from_nanos(1);
        let cases = [
            // (limit, waits of this length, granted)
            (2 * MILLI, MILLI, 2),
            (2 * MILLI, MILLI + nano, 1),
            (2 * MILLI, 2 * MILLI, 1),
            (2 * MILLI, 2 * MILLI + nano, 0),
            (MILLI + 999_999 * nano, MILLI, 1),
            (MILLI, nano, 1),
            (Duration::ZERO, Duration::ZERO, 7),
            (Duration::ZERO, nano, 0),
            (Duration::MAX, Duration::MAX, 0),
            (Duration::MAX, Duration::from_millis(4_194_303), 1),
            (Duration::MAX, Duration::from_millis(4_194_304), 0),
            (Duration::MAX, Duration::from_millis(4_194_999), 0),
            (Duration::MAX, Duration::from_secs(4_294_968), 0),
        ];
        for (limit, wait, granted) in cases {
            let budget = RequestBudget::new(7, limit);
            let count = (0..8).filter(|_| withdraw(&budget, wait)).count();
            assert_eq!(count, granted, "{limit:?} in waits of {wait:?}");
        }
    }

    #[test]
    fn a_refused_retry_costs_nothing() {
        let budget = RequestBudget::new(2, 10 * MILLI);
        assert!(!withdraw(&budget, 11 * MILLI));
        assert_eq!((budget.retries(), budget.waiting()), (2, 10 * MILLI));
        assert!(withdraw(&budget, 4 * MILLI) && withdraw(&budget, 4 * MILLI));
        assert!(!withdraw(&budget, MILLI));
        assert_eq!((budget.retries(), budget.waiting()), (0, 2 * MILLI));
    }

    #[test]
    fn the_largest_number_of_retries_is_kept() {
        for (retries, kept) in [(0, 0), (1_022, 1_022), (1_023, 1_023), (u32::MAX, 1_023)] {
            let budget = RequestBudget::new(retries, Duration::MAX);
            assert_eq!(budget.retries(), kept, "{retries}");
        }
    }
}
