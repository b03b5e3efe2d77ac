//! A schedule chosen at run time.

use std::num::NonZeroU32;
use std::time::Duration;

use backoff_core::{Constant, Exponential, Fibonacci, Linear, Schedule, Steps};

/// Holds any of the schedules of `backoff-core`, chosen at run time.
///
/// # Examples
///
/// ```
/// use backoff_core::{Fibonacci, Policy};
/// use backoff_sim::AnySchedule;
/// use std::time::Duration;
///
/// let policy = Policy::new(AnySchedule::Fibonacci(Fibonacci::new(Duration::from_secs(1))));
/// assert_eq!(policy.delays(|| u32::MAX).count(), 4);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnySchedule<'t> {
    /// The same window for every retry.
    Constant(Constant),
    /// A window that grows by a factor.
    Exponential(Exponential),
    /// A window that grows like the Fibonacci numbers.
    Fibonacci(Fibonacci),
    /// A window that grows by an amount.
    Linear(Linear),
    /// Windows from a table.
    Steps(Steps<'t>),
}

impl Schedule for AnySchedule<'_> {
    fn delay(&self, retry: NonZeroU32) -> Duration {
        backoff_core::nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        match self {
            Self::Constant(schedule) => schedule.nanos(retry),
            Self::Exponential(schedule) => schedule.nanos(retry),
            Self::Fibonacci(schedule) => schedule.nanos(retry),
            Self::Linear(schedule) => schedule.nanos(retry),
            Self::Steps(schedule) => schedule.nanos(retry),
        }
    }
}
