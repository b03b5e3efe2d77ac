//! What a policy is set to.

use core::time::Duration;

use super::policy::Policy;
use super::rule::{DeadlineRule, HintRule};
use crate::jitter::Jitter;
use crate::nanos;

/// The settings. A setting that was normalised reads as what it counts as.
impl<S> Policy<S> {
    /// Returns the schedule.
    #[must_use]
    pub const fn schedule(&self) -> &S {
        &self.schedule
    }

    /// Returns the schedule after throttled failures, or `None` if they have the common one.
    #[must_use]
    pub const fn throttled_schedule(&self) -> Option<&S> {
        self.throttled.as_ref()
    }

    /// Returns how delays are drawn from their windows.
    #[must_use]
    pub const fn jitter(&self) -> Jitter {
        self.jitter.jitter()
    }

    /// Returns the maximum of windows and of jittered delays, or `None` without one.
    #[must_use]
    pub const fn max_delay(&self) -> Option<Duration> {
        nanos::limit(self.max_delay)
    }

    /// Returns the largest number of attempts, the first included, or `None` without a limit.
    #[must_use]
    pub const fn max_attempts(&self) -> Option<u32> {
        self.max_retries.checked_add(1)
    }

    /// Returns how long a call may take from the start of its first attempt, or `None` without a deadline.
    #[must_use]
    pub const fn deadline(&self) -> Option<Duration> {
        nanos::limit(self.deadline)
    }

    /// Returns the deadline in [nanoseconds](nanos), `u64::MAX` without one. For drivers, which count in them.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn deadline_nanos(&self) -> u64 {
        self.deadline
    }

    /// Returns what happens to a wait that would pass the deadline.
    #[must_use]
    pub const fn deadline_rule(&self) -> DeadlineRule {
        self.deadline_rule
    }

    /// Returns the timeout set by [`with_attempt_timeout`](Self::with_attempt_timeout), or `None` without one.
    ///
    /// What a particular attempt may take also depends on the time until the deadline; see
    /// [`RetryState::attempt_timeout`](crate::RetryState::attempt_timeout).
    #[must_use]
    pub const fn timeout_per_attempt(&self) -> Option<Duration> {
        nanos::limit(self.attempt_timeout)
    }

    /// Returns how many doubtful failures of one call are retried.
    #[must_use]
    pub const fn doubtful_limit(&self) -> u32 {
        self.doubtful_limit
    }

    /// Returns the longest hint that is obeyed, or [`Duration::MAX`] if every hint is.
    #[must_use]
    pub const fn max_hint(&self) -> Duration {
        nanos::to_duration(self.max_hint)
    }

    /// Returns what happens to a longer hint.
    #[must_use]
    pub const fn hint_rule(&self) -> HintRule {
        self.hint_rule
    }
}
