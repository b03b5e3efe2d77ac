//! A retry that a budget is asked for.

use core::time::Duration;

use crate::failure::Failure;

/// A retry that the policy has decided and the budget may still refuse.
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
    /// The time at which the attempt failed, on the clock that all calls of the budget share.
    pub now: Duration,
    /// What is known about the failed attempt.
    pub failure: Failure,
    /// How long the call will wait before it tries again.
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
