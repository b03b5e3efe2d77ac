//! What a policy is set to.

use core::time::Duration;

use super::{DeadlineRule, HintRule, Policy};
use crate::jitter::Jitter;
use crate::nanos;

/// What the policy is set to. Values that were normalised read as what they count as.
///
/// # Examples
///
/// ```
/// # use backoff_core::Policy;
/// # use core::time::Duration;
/// let policy = Policy::DEFAULT.with_max_attempts(0).without_deadline();
/// assert_eq!(policy.max_attempts(), Some(1));
/// assert_eq!(policy.deadline(), None);
/// ```
impl<S> Policy<S> {
    /// How delays are spaced.
    #[must_use]
    pub const fn schedule(&self) -> &S {
        &self.schedule
    }

    /// How delays after throttled failures are spaced, if they have a schedule of their own.
    #[must_use]
    pub const fn throttled_schedule(&self) -> Option<&S> {
        self.throttled.as_ref()
    }

    /// How delays are drawn from their windows.
    #[must_use]
    pub const fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// The maximum of windows and jittered delays; `None` without one.
    #[must_use]
    pub const fn max_delay(&self) -> Option<Duration> {
        nanos::limit(self.max_delay)
    }

    /// How many attempts are made at most, the first included; `None` without a limit.
    #[must_use]
    pub const fn max_attempts(&self) -> Option<u32> {
        match self.max_attempts {
            0 => None,
            attempts => Some(attempts),
        }
    }

    /// How long a call may go on; `None` without a deadline.
    #[must_use]
    pub const fn deadline(&self) -> Option<Duration> {
        nanos::limit(self.deadline)
    }

    /// The deadline in [nanoseconds](nanos), `u64::MAX` without one. For drivers, which count in them.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn deadline_nanos(&self) -> u64 {
        self.deadline
    }

    /// What happens to a wait that would pass the deadline.
    #[must_use]
    pub const fn deadline_rule(&self) -> DeadlineRule {
        self.deadline_rule
    }

    /// How long each attempt may take, as set by [`with_attempt_timeout`](Self::with_attempt_timeout); `None`
    /// without a limit.
    ///
    /// [`RetryState::attempt_timeout`](crate::RetryState::attempt_timeout) is what one attempt may take: this, or
    /// the time until the deadline.
    #[must_use]
    pub const fn timeout_per_attempt(&self) -> Option<Duration> {
        nanos::limit(self.attempt_timeout)
    }

    /// How many doubtful failures one call retries.
    #[must_use]
    pub const fn doubtful_limit(&self) -> u32 {
        self.doubtful_limit
    }

    /// The longest hint that is obeyed; [`Duration::MAX`] if every hint is.
    #[must_use]
    pub const fn max_hint(&self) -> Duration {
        nanos::to_duration(self.max_hint)
    }

    /// What happens to a longer hint.
    #[must_use]
    pub const fn hint_rule(&self) -> HintRule {
        self.hint_rule
    }
}
