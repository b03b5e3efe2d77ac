//! Retries by a share of the calls of a sliding window.

use core::time::Duration;

use super::window::{NOTHING, Window};
use crate::budget::budget::Budget;
use crate::budget::planned_retry::PlannedRetry;

/// Lets a share of the calls of the last seconds be retried, and some retries per second in any case: Finagle's
/// retry budget.
///
/// A call that begins pays in the numerator of the share, and a retry takes out the denominator: with a share of
/// 3 to 10, 1,000 calls pay for exactly 300 retries. Payments and retries stop counting once they are older than
/// the window, so the reserve comes back as the retries that used it age. The window slides in ten steps.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, Failure, PlannedRetry, RatioBudget};
/// use core::time::Duration;
///
/// static BUDGET: RatioBudget = RatioBudget::new(3, 10).with_reserve(0);
///
/// let now = Duration::from_secs(1);
/// let mut retries = 0;
/// for _ in 0..1_000 {
///     let mut call = Account::new(&BUDGET);
///     call.begin(now);
///     retries += u32::from(call.withdraw(&PlannedRetry::new(now, Failure::transient(), Duration::ZERO)));
/// }
/// assert_eq!(retries, 300);
/// ```
#[derive(Debug)]
pub struct RatioBudget {
    window: Window,
    payment: u32,
    price: u32,
    /// What retries may spend beyond the payments.
    reserve: u32,
    reserve_per_second: u16,
    window_millis: u32,
}

/// The most that payments add up to, and the most that the reserve is: their sum stays clear of `u32::MAX`.
const MOST: u32 = 1 << 29;

/// The defaults and the range of Finagle's `RetryBudget(ttl, minRetriesPerSec, ..)`: 10 s, 10, and a ttl from 1 s to 60 s.
const WINDOW_MILLIS: u32 = 10_000;
const SHORTEST_MILLIS: u32 = 1_000;
const LONGEST_MILLIS: u32 = 60_000;
const RESERVE_PER_SECOND: u16 = 10;

impl RatioBudget {
    /// Lets `numerator / denominator` of the calls be retried, and 10 retries per second in any case, in a window
    /// of 10 s. Finagle's default share is 1 / 5.
    ///
    /// A share above one allows several retries per call. A denominator of zero means a share of zero. At most
    /// 2^29 / `numerator` calls per window pay in (8,192 or more); further calls pay nothing.
    #[must_use]
    pub const fn new(numerator: u16, denominator: u16) -> Self {
        let budget = Self {
            window: Window::new(),
            payment: if denominator == 0 {
                0
            } else {
                numerator as u32
            },
            price: if denominator == 0 {
                1
            } else {
                denominator as u32
            },
            reserve: 0,
            reserve_per_second: RESERVE_PER_SECOND,
            window_millis: WINDOW_MILLIS,
        };
        budget.settled()
    }

    /// Sets how many retries per second are allowed in any case, however few calls there are; the default is 10.
    ///
    /// The reserve of a whole window may be used at once. It is at most 2^29 / `denominator` retries.
    #[must_use]
    pub const fn with_reserve(mut self, retries_per_second: u16) -> Self {
        self.reserve_per_second = retries_per_second;
        self.settled()
    }

    /// Sets how long payments and retries count, from 1 s to 60 s; the default is 10 s.
    ///
    /// A window outside that range counts as the nearest inside. It is rounded up by less than 170 ms.
    #[must_use]
    pub const fn with_window(mut self, window: Duration) -> Self {
        self.window_millis = if window.as_secs() >= LONGEST_MILLIS as u64 / 1_000 {
            LONGEST_MILLIS
        } else if window.as_secs() == 0 {
            SHORTEST_MILLIS
        } else {
            window.as_secs() as u32 * 1_000 + window.subsec_millis()
        };
        self.settled()
    }

    /// Computes the fields that depend on more than one setting.
    const fn settled(mut self) -> Self {
        self.window = self.window.with_length(self.window_millis);
        let retries = self.reserve_per_second as u64 * self.window_millis as u64 / 1_000;
        let reserve = retries * self.price as u64;
        self.reserve = if reserve < MOST as u64 {
            reserve as u32
        } else {
            MOST
        };
        self
    }
}

impl Budget for RatioBudget {
    type Held = ();

    #[inline]
    fn begin(&self, _held: &mut (), now: Duration) {
        self.window.turn(now);
        self.window
            .add(self.payment, |at_hand| at_hand < NOTHING + MOST);
    }

    #[inline]
    fn withdraw(&self, _held: &mut (), retry: &PlannedRetry) -> bool {
        self.window.turn(retry.now);
        let (reserve, price) = (self.reserve, self.price);
        self.window.add(price.wrapping_neg(), |at_hand| {
            at_hand.saturating_add(reserve) >= NOTHING + price
        })
    }

    #[inline]
    fn refund(&self, _held: &mut (), _retry: &PlannedRetry) {
        self.window.add(self.price, |_| true);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::failure::Failure;

    const START: Duration = Duration::from_secs(100);

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn begin(budget: &RatioBudget, now: Duration) {
        budget.begin(&mut (), now);
    }

    fn withdraw(budget: &RatioBudget, now: Duration) -> bool {
        budget.withdraw(
            &mut (),
            &PlannedRetry::new(now, Failure::transient(), Duration::ZERO),
        )
    }

    fn drain(budget: &RatioBudget, now: Duration) -> u32 {
        (0..1_000_000).take_while(|_| withdraw(budget, now)).count() as u32
    }

    #[test]
    fn rule_12_a_ratio_is_exact() {
        let cases = [
            // (numerator, denominator, reserve per second, calls, retries)
            (1, 10, 0, 100_000, 10_000),
            (1, 4, 0, 100_000, 25_000),
            (3, 10, 0, 100_000, 30_000),
            (3, 5, 0, 100_000, 60_000),
            (9, 10, 0, 100_000, 90_000),
            (3, 10, 7, 100_000, 30_070),
            (3, 10, 7, 1_000, 370),
            (3, 5, 0, 1, 0),
            (3, 5, 0, 2, 1),
            (1, 3, 0, 100_000, 33_333),
            (2, 1, 0, 1_000, 2_000),
            (0, 7, 5, 1_000, 50),
            (7, 0, 5, 1_000, 50),
            (7, 0, 0, 1_000, 0),
        ];
        for (numerator, denominator, reserve, calls, retries) in cases {
            if cfg!(miri) && calls > 1_000 {
                continue; // which takes Miri minutes
            }
            let case = (numerator, denominator, reserve, calls);
            let make = || RatioBudget::new(numerator, denominator).with_reserve(reserve);

            let after_all = make();
            (0..calls).for_each(|_| begin(&after_all, START));
            assert_eq!(drain(&after_all, START), retries, "{case:?}");

            let in_between = make();
            let granted = |_| {
                begin(&in_between, START);
                drain(&in_between, START)
            };
            assert_eq!((0..calls).map(granted).sum::<u32>(), retries, "{case:?}");
        }
    }

    #[test]
    fn payments_count_for_a_window_and_no_longer() {
        let cases = [
            // (window, age of a payment, whether it counts)
            (1_000, 0, true),
            (1_000, 900, true),
            (1_000, 1_170, false),
            (10_000, 9_000, true),
            (10_000, 10_170, false),
            (60_000, 54_000, true),
            (60_000, 60_170, false),
            (0, 900, true),
            (0, 1_170, false),
            (1 << 40, 54_000, true),
            (1 << 40, 60_170, false),
            (1_000, 3_600_000, false),
        ];
        for (window, age, counts) in cases {
            for offset in [0, 13, 99, 101, 997, 4_000] {
                let budget = RatioBudget::new(1, 1)
                    .with_reserve(0)
                    .with_window(ms(window));
                begin(&budget, START);
                assert!(withdraw(&budget, START));
                let paid = START + ms(120_000 + offset);
                begin(&budget, paid);
                let case = (window, age, offset);
                assert_eq!(withdraw(&budget, paid + ms(age)), counts, "{case:?}");
            }
        }
    }

    #[test]
    fn the_reserve_comes_back_as_its_retries_grow_old() {
        let budget = RatioBudget::new(0, 1)
            .with_reserve(2)
            .with_window(ms(5_000));
        assert_eq!(drain(&budget, START), 10);
        assert_eq!(drain(&budget, START + ms(4_500)), 0);
        assert_eq!(drain(&budget, START + ms(5_170)), 10);
    }

    #[test]
    fn a_retry_outlasts_the_payments_that_are_older() {
        let budget = RatioBudget::new(1, 1)
            .with_reserve(0)
            .with_window(ms(1_000));
        begin(&budget, START);
        assert!(withdraw(&budget, START + ms(900)));
        begin(&budget, START + ms(1_300)); // the first payment has grown old, its retry has not
        assert!(!withdraw(&budget, START + ms(1_300)));
        assert!(withdraw(&budget, START + ms(2_080)));
    }

    #[test]
    fn a_clock_that_is_read_late_or_far_away_does_no_harm() {
        let budget = RatioBudget::new(1, 1).with_reserve(0);
        begin(&budget, START + ms(2_000));
        assert!(withdraw(&budget, START));
        for now in [Duration::ZERO, Duration::MAX, START] {
            begin(&budget, now);
        }
        assert!(withdraw(&budget, START));
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes Miri minutes")]
    fn a_full_window_takes_no_further_payment_and_the_largest_reserve_is_kept() {
        let full = MOST.div_ceil(u16::MAX.into());
        let cases = [
            // (reserve per second, calls, retries)
            (0, full - 1, full - 1),
            (0, full, full),
            (0, 2 * full, full),
            (u16::MAX, 2 * full, 2 * full - 1), // the reserve is 2^29, which is not a whole number of retries
        ];
        for (reserve, calls, retries) in cases {
            let budget = RatioBudget::new(u16::MAX, u16::MAX)
                .with_reserve(reserve)
                .with_window(ms(60_000));
            (0..calls).for_each(|_| begin(&budget, START));
            assert_eq!(drain(&budget, START), retries, "{reserve}, {calls}");
        }
    }

    #[test]
    fn a_window_has_from_one_second_to_sixty() {
        let cases = [
            // (asked for, counts as), in milliseconds
            (0, 1_000),
            (999, 1_000),
            (1_500, 1_500),
            (59_999, 59_999),
            (60_000, 60_000),
            (61_000, 60_000),
            (u64::MAX, 60_000),
        ];
        for (millis, expected) in cases {
            let budget = RatioBudget::new(1, 2).with_window(Duration::from_millis(millis));
            assert_eq!(budget.window_millis, expected, "{millis}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes minutes")]
    fn what_is_saved_is_limited() {
        let share = 1 << 15;
        let budget = RatioBudget::new(share, share).with_reserve(0);
        (0..20_000).for_each(|_| begin(&budget, START));
        assert_eq!(drain(&budget, START), MOST / u32::from(share));
    }
}
