//! How long the window of each retry is, before jitter.

use core::num::NonZeroU32;
use core::time::Duration;

use crate::nanos;

mod constant;
mod exponential;
mod fibonacci;
mod linear;
mod steps;

pub use constant::Constant;
pub use exponential::Exponential;
pub use fibonacci::Fibonacci;
pub use linear::Linear;
pub use steps::Steps;

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

/// A schedule by reference, such as one that is chosen at run time.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Constant, Exponential, Policy, Schedule};
/// # use core::time::Duration;
/// # let configured = "constant";
/// let second = Duration::from_secs(1);
/// let (constant, doubling) = (Constant::new(second), Exponential::new(second));
/// let chosen: &dyn Schedule = if configured == "constant" { &constant } else { &doubling };
/// let policy = Policy::new(chosen).with_max_delay(Duration::from_secs(30));
/// assert_eq!(policy.delays(|| u32::MAX).nth(3), Some(second));
/// ```
impl<S: Schedule + ?Sized> Schedule for &S {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        (**self).delay(retry)
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        (**self).nanos(retry)
    }

    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        (**self).cheap_nanos(retry)
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
