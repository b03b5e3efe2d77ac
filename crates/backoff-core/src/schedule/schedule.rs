//! The window of each retry.

use core::num::NonZeroU32;
use core::time::Duration;

use crate::nanos;

/// Maps a retry to its window: the delay before jitter.
///
/// A schedule is pure: the same retry always has the same window. So it can be a `const`, and be shared and resumed.
/// The policy limits windows to its [maximum delay](crate::Policy::with_max_delay).
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
    /// Returns the window of a retry. Retry 1 follows the first attempt.
    fn delay(&self, retry: NonZeroU32) -> Duration;

    /// Returns the window in nanoseconds, where `u64::MAX` (584 years) means endless.
    ///
    /// Policies call this. A schedule that computes in nanoseconds overrides it to avoid two conversions.
    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        nanos::from_duration(self.delay(retry))
    }

    /// Returns the window without a call, or `None` if it can't.
    ///
    /// An ordinary decision asks this, and is then small enough to be inlined. Every other asks
    /// [`nanos`](Self::nanos). Both must give the same answer.
    #[doc(hidden)]
    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        Some(self.nanos(retry))
    }
}

/// A schedule by reference, for instance one that is chosen at run time.
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
