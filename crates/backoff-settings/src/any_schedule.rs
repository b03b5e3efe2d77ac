//! A schedule that is chosen at run time.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use backoff_core::{Constant, Exponential, Fibonacci, Linear, Policy, Schedule, Steps};

use crate::interned::Interned;

/// Any of the schedules of `backoff-core`, chosen at run time.
///
/// It is a plain value: a `Policy<AnySchedule>` can be copied, sent and kept anywhere. Made from a [`Steps`] of any
/// lifetime, it refers to a copy of the table that lives as long as the program; each different table is kept once.
///
/// # Examples
///
/// ```
/// use backoff_core::{Fibonacci, Policy};
/// use backoff_settings::AnySchedule;
/// use std::time::Duration;
///
/// let policy = Policy::new(AnySchedule::Fibonacci(Fibonacci::new(Duration::from_secs(1))));
/// assert_eq!(policy.delays(|| u32::MAX).count(), 4);
/// assert_eq!(policy.to_string(), "fibonacci from 1 s, full jitter, 5 attempts, 60 s");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AnySchedule {
    /// The same window for every retry.
    Constant(Constant),
    /// A window that grows by a factor.
    Exponential(Exponential),
    /// A window that grows like the Fibonacci numbers.
    Fibonacci(Fibonacci),
    /// A window that grows by an amount.
    Linear(Linear),
    /// Windows from a table.
    Steps(Steps<'static>),
}

impl AnySchedule {
    /// [`Policy::DEFAULT`], whose schedule can be replaced by any other.
    pub const DEFAULT_POLICY: Policy<Self> = Policy::new(Self::Exponential(Exponential::new(
        Duration::from_millis(100),
    )))
    .with_max_delay(Duration::from_secs(20));
}

impl Schedule for AnySchedule {
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

impl fmt::Display for AnySchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(schedule) => schedule.fmt(f),
            Self::Exponential(schedule) => schedule.fmt(f),
            Self::Fibonacci(schedule) => schedule.fmt(f),
            Self::Linear(schedule) => schedule.fmt(f),
            Self::Steps(schedule) => schedule.fmt(f),
        }
    }
}

impl From<Constant> for AnySchedule {
    fn from(schedule: Constant) -> Self {
        Self::Constant(schedule)
    }
}

impl From<Exponential> for AnySchedule {
    fn from(schedule: Exponential) -> Self {
        Self::Exponential(schedule)
    }
}

impl From<Fibonacci> for AnySchedule {
    fn from(schedule: Fibonacci) -> Self {
        Self::Fibonacci(schedule)
    }
}

impl From<Linear> for AnySchedule {
    fn from(schedule: Linear) -> Self {
        Self::Linear(schedule)
    }
}

impl From<Steps<'_>> for AnySchedule {
    fn from(schedule: Steps<'_>) -> Self {
        static TABLES: Interned<Box<[Duration]>, [Duration]> = Interned::new();
        let table = TABLES.get(schedule.table().into(), Clone::clone);
        Self::Steps(Steps::new(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_the_default_of_the_core() {
        let [ours, theirs] = [
            AnySchedule::DEFAULT_POLICY.to_string(),
            Policy::DEFAULT.to_string(),
        ];
        assert_eq!(ours, theirs);
    }

    #[test]
    fn every_schedule_is_what_it_is_made_of() {
        let second = Duration::from_secs(1);
        let table = vec![second, 5 * second];
        let cases: [(AnySchedule, &dyn Schedule); 5] = [
            (Constant::new(second).into(), &Constant::new(second)),
            (Exponential::new(second).into(), &Exponential::new(second)),
            (Fibonacci::new(second).into(), &Fibonacci::new(second)),
            (
                Linear::new(second, second).into(),
                &Linear::new(second, second),
            ),
            (Steps::new(&table).into(), &Steps::new(&table)),
        ];
        for (any, schedule) in cases {
            for retry in
                [1, 2, 3, 7, u32::MAX].map(|retry| NonZeroU32::new(retry).expect("above 0"))
            {
                assert_eq!(any.delay(retry), schedule.delay(retry), "{any}, {retry}");
            }
        }
    }
}
