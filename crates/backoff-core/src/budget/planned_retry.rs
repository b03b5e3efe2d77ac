//! A retry that a budget is asked about.

use core::time::Duration;

use crate::failure::Failure;

/// A retry that the policy decided on and the budget may refuse.
///
/// Drivers make one after each failed attempt and pass it to [`Budget::withdraw`](super::Budget::withdraw).
///
/// # Examples
///
/// ```
/// # use backoff_core::{Failure, FailureKind, PlannedRetry};
/// # use core::time::Duration;
/// let retry = PlannedRetry::new(Duration::from_secs(7), Failure::throttled(), Duration::from_millis(250));
/// assert_eq!(retry.failure.kind(), FailureKind::Throttled);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub struct PlannedRetry {
    /// When the attempt failed, on the clock that all calls of the budget share.
    pub now: Duration,
    /// Why the attempt failed.
    pub failure: Failure,
    /// How long the call waits before it tries again.
    pub delay: Duration,
}

impl PlannedRetry {
    /// Describes a retry after an attempt that failed at `now`.
    #[inline]
    #[must_use]
    pub const fn new(now: Duration, failure: Failure, delay: Duration) -> Self {
        Self {
            now,
            failure,
            delay,
        }
    }
}
