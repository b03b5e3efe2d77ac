//! Retries by a share of the calls of a sliding window.

use core::time::Duration;

use super::Budget;
use crate::failure::Failure;
use crate::nanos;
use crate::sync::{AtomicU32, Ordering};

/// A share of the calls of the last seconds may be retried, and some retries per second in any case: Finagle's
/// retry budget.
///
/// A call that begins pays the numerator of the share in, and a retry takes the denominator out: 1,000 calls and
/// a share of 3 to 10 are 300 retries, not one more or fewer. What is older than the window no longer counts,
/// neither payments nor retries, so the reserve comes back as the retries that used it grow old. The window
/// slides in ten steps.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, Failure, RatioBudget};
/// use core::time::Duration;
///
/// static BUDGET: RatioBudget = RatioBudget::new(3, 10).with_reserve(0);
///
/// let now = Duration::from_secs(1);
/// let mut retries = 0;
/// for _ in 0..1_000 {
///     let mut call = Account::new(&BUDGET);
///     call.begin(now);
///     retries += u32::from(call.withdraw(now, Failure::transient(), Duration::ZERO));
/// }
/// assert_eq!(retries, 300);
/// ```
#[derive(Debug)]
pub struct RatioBudget {
    /// All payments minus all retries ever, wrapping.
    total: AtomicU32,
    /// What the total was at the start of the window. The difference is what is at hand.
    floor: AtomicU32,
    /// When the current step of the window began, in ticks.
    began: AtomicU32,
    /// Not zero while somebody moves the window on, who alone uses the marks then.
    turning: AtomicU32,
    /// What the total was at the start of each step, the oldest first.
    marks: [AtomicU32; STEPS],
    /// The length of a step, in ticks.
    step: u32,
    payment: u32,
    price: u32,
    /// What may be spent beyond the payments.
    reserve: u32,
    reserve_per_second: u16,
    window_millis: u32,
}

/// As in Finagle's `WindowedAdder`; fewer for the model checker.
const STEPS: usize = if cfg!(all(loom, test)) { 2 } else { 10 };

/// A tick is 2^24 ns, 17 ms: no division, and a `u32` of them is two years.
const TICK_BITS: u32 = 24;

/// A moment that is this close to the largest distance, 18 minutes, is one before the current step: it is of a
/// call that read the clock before another one moved the window on.
const EARLIER: u32 = u32::MAX - (1 << 16);

/// What is at hand may be less than nothing, where payments have grown old before the retries that they paid
/// for: half of the range lies below.
const NOTHING: u32 = 1 << 31;

/// The most that payments add up to, and the reserve too: together they stay clear of the ends of the range.
const MOST: u32 = 1 << 29;

/// Finagle's defaults and range: `RetryBudget(ttl = 10 s, minRetriesPerSec = 10, ..)`, ttl from 1 to 60 s.
const WINDOW_MILLIS: u32 = 10_000;
const SHORTEST_MILLIS: u32 = 1_000;
const LONGEST_MILLIS: u32 = 60_000;
const RESERVE_PER_SECOND: u16 = 10;

impl RatioBudget {
    /// Lets `numerator / denominator` of the calls be retried, and 10 retries per second in any case, in a window
    /// of 10 s; Finagle's default share is 1 and 5.
    ///
    /// A share above one allows several retries per call. A denominator of zero counts as a share of zero. A
    /// window holds 2^29 / `numerator` calls, 8,192 at the least; further ones pay nothing in.
    #[must_use]
    pub const fn new(numerator: u16, denominator: u16) -> Self {
        let budget = Self {
            total: AtomicU32::new(0),
            floor: AtomicU32::new(0),
            began: AtomicU32::new(0),
            turning: AtomicU32::new(0),
            marks: [const { AtomicU32::new(0) }; STEPS],
            step: 0,
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

    /// Sets how many retries are allowed per second, however few calls there are: so many times the seconds of
    /// the window, at any time within one.
    ///
    /// At most 2^29 / `denominator` retries per window.
    #[must_use]
    pub const fn with_reserve(mut self, retries_per_second: u16) -> Self {
        self.reserve_per_second = retries_per_second;
        self.settled()
    }

    /// Sets how long payments and retries count: from 1 s to 60 s; what is outside counts as the nearest inside.
    ///
    /// It is rounded up, by less than 170 ms.
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

    /// Computes what depends on two settings.
    const fn settled(mut self) -> Self {
        let window = nanos::from_duration(Duration::from_millis(self.window_millis as u64));
        self.step = ((window / STEPS as u64) >> TICK_BITS) as u32 + 1;
        let retries = self.reserve_per_second as u64 * self.window_millis as u64 / 1_000;
        let reserve = retries * self.price as u64;
        self.reserve = if reserve < MOST as u64 {
            reserve as u32
        } else {
            MOST
        };
        self
    }

    /// Adds to the total, if what is at hand allows it; [`NOTHING`] stands for nothing at hand.
    #[inline]
    fn add(&self, amount: u32, allows: impl Fn(u32) -> bool) -> bool {
        loop {
            // In this order: a total older than the floor would seem to be overdrawn. A window that moves on
            // between the two reads is longer for this call, by the time between them.
            let floor = self.floor.load(Ordering::Acquire);
            let total = self.total.load(Ordering::Relaxed);
            if !allows(total.wrapping_sub(floor).wrapping_add(NOTHING)) {
                return false;
            }
            let swapped = self.total.compare_exchange_weak(
                total,
                total.wrapping_add(amount),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if swapped.is_ok() {
                return true;
            }
        }
    }

    /// Moves the window on to this moment.
    ///
    /// Nobody waits: a call that finds another one at it goes on with the window as it is.
    #[inline]
    fn turn(&self, now: Duration) {
        let now = (nanos::from_duration(now) >> TICK_BITS) as u32;
        let began = self.began.load(Ordering::Acquire);
        if self.is_over(began, now) {
            self.turn_from(began, now);
        }
    }

    #[cold]
    fn turn_from(&self, mut began: u32, now: u32) {
        // Read before the others can see that somebody turns: what they pay in while they see it is not in
        // here, and so belongs to the new step.
        let total = self.total.load(Ordering::Relaxed);
        if self.turning.swap(1, Ordering::AcqRel) != 0 {
            return;
        }
        if self.began.load(Ordering::Relaxed) == began {
            let mut turns = 0;
            while turns < STEPS && self.is_over(began, now) {
                self.shift(total);
                began = began.wrapping_add(self.step);
                turns += 1;
            }
            if self.is_over(began, now) {
                began = now;
            }
            let [oldest, ..] = &self.marks;
            self.floor
                .store(oldest.load(Ordering::Relaxed), Ordering::Release);
            self.began.store(began, Ordering::Release);
        }
        self.turning.store(0, Ordering::Release);
    }

    /// Forgets the oldest mark and adds one.
    fn shift(&self, total: u32) {
        let [marks @ .., newest] = &self.marks;
        let younger = self.marks.iter().skip(1);
        for (mark, next) in marks.iter().zip(younger) {
            mark.store(next.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        newest.store(total, Ordering::Relaxed);
    }

    #[inline]
    const fn is_over(&self, began: u32, now: u32) -> bool {
        let since = now.wrapping_sub(began);
        since >= self.step && since < EARLIER
    }
}

impl Budget for RatioBudget {
    type Held = ();

    #[inline]
    fn begin(&self, _held: &mut (), now: Duration) {
        self.turn(now);
        self.add(self.payment, |at_hand| at_hand < NOTHING + MOST);
    }

    #[inline]
    fn withdraw(&self, _held: &mut (), now: Duration, _failure: Failure, _delay: Duration) -> bool {
        self.turn(now);
        let (reserve, price) = (self.reserve, self.price);
        self.add(price.wrapping_neg(), |at_hand| {
            at_hand.saturating_add(reserve) >= NOTHING + price
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(100);

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn begin(budget: &RatioBudget, now: Duration) {
        budget.begin(&mut (), now);
    }

    fn withdraw(budget: &RatioBudget, now: Duration) -> bool {
        budget.withdraw(&mut (), now, Failure::transient(), Duration::ZERO)
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
    fn a_step_is_over_until_the_clock_would_have_gone_back() {
        let budget = RatioBudget::new(1, 2);
        let cases = [
            (budget.step - 1, false),
            (budget.step, true),
            (EARLIER - 1, true),
            (EARLIER, false),
        ];
        for (since, is_over) in cases {
            let began = u32::MAX - 3;
            let now = began.wrapping_add(since);
            assert_eq!(budget.is_over(began, now), is_over, "{since}");
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
