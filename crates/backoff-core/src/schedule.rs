//! How long the window of each retry is, before jitter.

use core::num::NonZeroU32;
use core::time::Duration;

use crate::nanos;
use crate::ratio::Ratio;

/// Maps a retry to its window, the delay before jitter.
///
/// Pure: the same retry always gives the same window, so that a schedule can be a `const`, be shared and be
/// resumed. A policy cuts the window at its [maximum delay](crate::Policy::with_max_delay).
///
/// # Examples
///
/// ```
/// use backoff_core::{Policy, Schedule};
/// use core::{num::NonZeroU32, time::Duration};
///
/// /// 1 s, 4 s, 9 s, ..
/// struct Quadratic;
///
/// impl Schedule for Quadratic {
///     fn delay(&self, retry: NonZeroU32) -> Duration {
///         Duration::from_secs(1).saturating_mul(retry.get().saturating_mul(retry.get()))
///     }
/// }
///
/// static POLICY: Policy<Quadratic> = Policy::new(Quadratic).with_max_delay(Duration::from_secs(30));
/// ```
pub trait Schedule {
    /// The window of a retry; 1 is the first retry, which follows the first attempt.
    fn delay(&self, retry: NonZeroU32) -> Duration;

    /// The same in nanoseconds, where `u64::MAX` (584 years) means endless.
    ///
    /// This is what a policy asks. A schedule that computes in nanoseconds overrides it, and spares every
    /// decision two conversions.
    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        nanos::from_duration(self.delay(retry))
    }

    /// The same once more, or `None` where that takes a loop or a call.
    ///
    /// An ordinary decision asks this, and is then small enough to be compiled into its caller; every other
    /// asks [`nanos`](Self::nanos). A schedule that overrides this one must give the same answer in both.
    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        Some(self.nanos(retry))
    }
}

/// The same window for every retry.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Constant, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Constant::new(Duration::from_secs(2));
/// assert_eq!(schedule.delay(NonZeroU32::MAX), Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Constant {
    delay: u64,
}

impl Constant {
    /// Makes a schedule of one delay.
    #[must_use]
    pub const fn new(delay: Duration) -> Self {
        Self {
            delay: nanos::from_duration(delay),
        }
    }
}

impl Schedule for Constant {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, _retry: NonZeroU32) -> u64 {
        self.delay
    }
}

/// A window that grows by the same factor with each retry: `base`, `base * ratio`, `base * ratio^2`, ..
///
/// The ratio is 2 unless [`with_ratio`](Self::with_ratio) says otherwise. Doubling is exact; any other ratio
/// is within one nanosecond plus one part in 2^30. Windows saturate and never wrap.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Exponential, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Exponential::new(Duration::from_millis(100)).with_ratio(3, 2);
/// let third = NonZeroU32::new(3).unwrap();
/// assert_eq!(schedule.delay(third), Duration::from_millis(225));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Exponential {
    base: u64,
    growth: Growth,
}

/// How a window grows with each retry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Growth {
    /// It doubles, which needs a shift and no multiplication, and so often at most before it saturates.
    Doubling(u32),
    /// It is multiplied.
    Ratio(Ratio),
}

impl Exponential {
    /// Makes a schedule that starts at `base` and doubles.
    #[must_use]
    pub const fn new(base: Duration) -> Self {
        let base = nanos::from_duration(base);
        Self {
            base,
            growth: Growth::Doubling(doublings(base)),
        }
    }

    /// Sets the growth factor to `numerator / denominator`.
    ///
    /// A factor below one, and a denominator of zero, count as one: the window then stays at its base.
    #[must_use]
    pub const fn with_ratio(mut self, numerator: u32, denominator: u32) -> Self {
        let doubles = numerator % 2 == 0 && numerator / 2 == denominator && denominator != 0;
        self.growth = if doubles {
            Growth::Doubling(doublings(self.base))
        } else {
            Growth::Ratio(Ratio::new(numerator, denominator))
        };
        self
    }
}

impl Schedule for Exponential {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        let exponent = retry.get() - 1;
        match self.growth {
            Growth::Doubling(most) if exponent > most => u64::MAX,
            Growth::Doubling(_) => self.base.wrapping_shl(exponent),
            Growth::Ratio(ratio) => ratio.scale(self.base, exponent),
        }
    }

    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        match self.growth {
            Growth::Doubling(_) => Some(self.nanos(retry)),
            Growth::Ratio(_) => None,
        }
    }
}

/// How often `base` can be doubled without a loss; zero for ever, also by a shift that wraps.
const fn doublings(base: u64) -> u32 {
    match base {
        0 => u32::MAX,
        _ => base.leading_zeros(),
    }
}

/// A window that grows as the Fibonacci numbers do: 1, 1, 2, 3, 5, .. times `base`.
///
/// Slower than doubling (the factor tends to 1.618), and without a pause between the first two retries.
/// Windows saturate; every retry costs the same few steps.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Fibonacci, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Fibonacci::new(Duration::from_secs(1));
/// let sixth = NonZeroU32::new(6).unwrap();
/// assert_eq!(schedule.delay(sixth), Duration::from_secs(8));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fibonacci {
    base: u64,
}

impl Fibonacci {
    /// Makes a schedule whose first two windows are `base`.
    #[must_use]
    pub const fn new(base: Duration) -> Self {
        Self {
            base: nanos::from_duration(base),
        }
    }
}

impl Schedule for Fibonacci {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        self.base.saturating_mul(fibonacci(retry.get()))
    }

    #[inline]
    fn cheap_nanos(&self, _retry: NonZeroU32) -> Option<u64> {
        None
    }
}

/// The last Fibonacci number that fits a `u64` is the 93rd.
const LAST_FIBONACCI: u32 = 93;

/// The nth Fibonacci number, saturating, by fast doubling over the seven bits of an index up to 93.
///
/// With `a = F(k)` and `b = F(k + 1)`, `F(2k) = a (2b - a)` and `F(2k + 1) = a^2 + b^2`. The `b` of the last
/// turn may wrap (F(94) does); it is not used.
const fn fibonacci(n: u32) -> u64 {
    if n > LAST_FIBONACCI {
        return u64::MAX;
    }
    let (mut a, mut b) = (0_u64, 1_u64);
    let mut bit = 1 << 6;
    while bit != 0 {
        let even = a.wrapping_mul((b << 1).wrapping_sub(a));
        let odd = a.wrapping_mul(a).wrapping_add(b.wrapping_mul(b));
        (a, b) = if n & bit == 0 {
            (even, odd)
        } else {
            (odd, even.wrapping_add(odd))
        };
        bit >>= 1;
    }
    a
}

/// A window that grows by the same amount with each retry: `base`, `base + step`, `base + 2 * step`, ..
///
/// Windows saturate and never wrap.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Linear, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Linear::new(Duration::from_secs(5), Duration::from_secs(1));
/// let third = NonZeroU32::new(3).unwrap();
/// assert_eq!(schedule.delay(third), Duration::from_secs(7));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Linear {
    base: u64,
    step: u64,
}

impl Linear {
    /// Makes a schedule that starts at `base` and adds `step` with each further retry.
    #[must_use]
    pub const fn new(base: Duration, step: Duration) -> Self {
        Self {
            base: nanos::from_duration(base),
            step: nanos::from_duration(step),
        }
    }
}

impl Schedule for Linear {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        let grown = self.step.saturating_mul((retry.get() - 1) as u64);
        self.base.saturating_add(grown)
    }
}

/// Windows from a table, the last of which serves all further retries.
///
/// An empty table gives windows of zero: retries without a pause.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Schedule, Steps};
/// # use core::{num::NonZeroU32, time::Duration};
/// static TABLE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];
/// let schedule = Steps::new(&TABLE);
/// assert_eq!(schedule.delay(NonZeroU32::MIN), Duration::from_secs(1));
/// assert_eq!(schedule.delay(NonZeroU32::MAX), Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Steps<'t> {
    table: &'t [Duration],
}

impl<'t> Steps<'t> {
    /// Makes a schedule of a table; its first entry is the window of the first retry.
    #[must_use]
    pub const fn new(table: &'t [Duration]) -> Self {
        Self { table }
    }
}

impl Schedule for Steps<'_> {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        let index = (retry.get() - 1) as usize;
        self.table
            .get(index)
            .or(self.table.last())
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn windows(schedule: &impl Schedule, retries: [u32; 5]) -> [Duration; 5] {
        retries.map(|retry| schedule.delay(NonZeroU32::new(retry).expect("a retry is not zero")))
    }

    #[test]
    fn every_schedule_starts_at_its_base_and_grows_as_named() {
        let retries = [1, 2, 3, 4, 10];
        let table = [MS(1), MS(5), MS(9)];
        assert_eq!(windows(&Constant::new(MS(7)), retries), [7; 5].map(MS));
        assert_eq!(
            windows(&Exponential::new(MS(100)), retries),
            [100, 200, 400, 800, 51_200].map(MS)
        );
        assert_eq!(
            windows(&Fibonacci::new(MS(10)), retries),
            [10, 10, 20, 30, 550].map(MS)
        );
        assert_eq!(
            windows(&Linear::new(MS(7), MS(10)), retries),
            [7, 17, 27, 37, 97].map(MS)
        );
        assert_eq!(
            windows(&Steps::new(&table), retries),
            [1, 5, 9, 9, 9].map(MS)
        );
        assert_eq!(windows(&Steps::new(&[]), retries), [Duration::ZERO; 5]);
    }

    #[test]
    fn rule_4_no_retry_number_wraps_or_falls_back_to_zero() {
        let retries = [63, 64, 65, 94, u32::MAX];
        let max = [Duration::MAX; 5];
        let second = Duration::from_secs(1);
        assert_eq!(windows(&Exponential::new(second), retries), max);
        assert_eq!(
            windows(&Exponential::new(second).with_ratio(3, 1), retries),
            max
        );
        assert_eq!(windows(&Linear::new(second, Duration::MAX), retries), max);
        assert_eq!(windows(&Constant::new(Duration::MAX), retries), max);
        assert_eq!(
            windows(&Fibonacci::new(second), [53, 54, 93, 94, u32::MAX])[1..],
            max[1..]
        );
        for schedule in [
            Exponential::new(Duration::ZERO),
            Exponential::new(Duration::ZERO).with_ratio(3, 1),
        ] {
            assert_eq!(windows(&schedule, retries), [Duration::ZERO; 5]);
        }
    }

    #[test]
    fn doubling_is_exact_up_to_the_last_bit() {
        let cases = [
            // (base in nanoseconds, retry, window)
            (1, 64, Duration::from_nanos(1 << 63)),
            (1, 65, Duration::MAX),
            (3, 63, Duration::from_nanos(3 << 62)),
            (3, 64, Duration::MAX),
            (0, u32::MAX, Duration::ZERO),
        ];
        for (base, retry, window) in cases {
            let schedule = Exponential::new(Duration::from_nanos(base));
            let retry = NonZeroU32::new(retry).expect("a retry is not zero");
            assert_eq!(schedule.delay(retry), window, "{base} ns, retry {retry}");
        }
    }

    #[test]
    fn a_ratio_of_two_is_doubling_however_it_is_written() {
        let plain = Exponential::new(MS(1));
        assert_eq!(plain.with_ratio(2, 1), plain);
        assert_eq!(plain.with_ratio(500, 250), plain);
        assert_ne!(plain.with_ratio(5, 2), plain);
        assert_eq!(
            windows(&plain.with_ratio(0, 0), [1, 2, 3, 4, 5]),
            [MS(1); 5]
        );
    }

    #[test]
    fn fast_doubling_gives_the_fibonacci_numbers() {
        let (mut a, mut b) = (0_u64, 1_u64);
        for n in 0..=LAST_FIBONACCI {
            assert_eq!(fibonacci(n), a, "F({n})");
            (a, b) = (b, a.saturating_add(b));
        }
        assert_eq!(fibonacci(94), u64::MAX);
        assert_eq!(fibonacci(u32::MAX), u64::MAX);
    }

    #[test]
    fn a_cheap_answer_is_the_same_or_none() {
        let second = Duration::from_secs(1);
        let table = [second, second * 3];
        let schedules: [&dyn Schedule; 6] = [
            &Constant::new(second),
            &Exponential::new(second),
            &Exponential::new(second).with_ratio(3, 2),
            &Fibonacci::new(second),
            &Linear::new(second, second * 2),
            &Steps::new(&table),
        ];
        for (index, schedule) in schedules.into_iter().enumerate() {
            for retry in [1, 2, 3, 40, u32::MAX] {
                let retry = NonZeroU32::new(retry).expect("a retry");
                let nanos = schedule.nanos(retry);
                let cheap = schedule.cheap_nanos(retry);
                assert_eq!(cheap.unwrap_or(nanos), nanos, "{index}, retry {retry}");
            }
        }
    }
}
