//! Windows that grow by an amount.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::schedule::Schedule;
use crate::duration_text::DurationText;
use crate::nanos;

/// A window that grows by the same amount with each retry: `base`, `base + step`, `base + 2 * step`, ..
///
/// Windows saturate at 584 years, which counts as endless.
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
    /// Makes a schedule whose window starts at `base` and grows by `step` with each retry.
    #[must_use]
    pub const fn new(base: Duration, step: Duration) -> Self {
        Self {
            base: nanos::from_duration(base),
            step: nanos::from_duration(step),
        }
    }

    /// Returns the first window.
    #[must_use]
    pub const fn base(&self) -> Duration {
        nanos::to_duration(self.base)
    }

    /// Returns what each further retry adds.
    #[must_use]
    pub const fn step(&self) -> Duration {
        nanos::to_duration(self.step)
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

impl fmt::Display for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (base, step) = (DurationText(self.base), DurationText(self.step));
        write!(f, "linear from {base} by {step}")
    }
}
