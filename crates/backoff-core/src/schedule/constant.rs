//! The same window for every retry.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::schedule::Schedule;
use crate::duration_text::DurationText;
use crate::nanos;

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
    /// Makes a schedule whose window is always `delay`.
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

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "constant {}", DurationText(self.delay))
    }
}
