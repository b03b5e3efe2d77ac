//! What happens at a limit.

/// What happens to a wait that would pass the deadline.
///
/// # Examples
///
/// ```
/// # use backoff_core::{DeadlineRule, Decision, Failure, GiveUp, Jitter, Policy};
/// # use core::time::Duration;
/// let seconds = Duration::from_secs;
/// let policy = Policy::constant(seconds(20)).with_jitter(Jitter::None).with_deadline(seconds(60));
/// let decide = |policy: Policy<_>| policy.start().on_failure(seconds(50), Failure::transient(), 0);
/// assert_eq!(decide(policy), Decision::GiveUp(GiveUp::Deadline));
///
/// let clamps = policy.with_deadline_rule(DeadlineRule::ClampToRemaining);
/// assert_eq!(decide(clamps), Decision::Retry { after: seconds(10) });
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeadlineRule {
    /// Wait until the deadline and make one last attempt then, which the deadline does not interrupt.
    ClampToRemaining,
    /// Give up at once, because the wait would not end in time.
    #[default]
    GiveUp,
}

/// What happens to a hint that is longer than the policy's longest.
///
/// A hint is a delay that the server asked for, as by an HTTP `Retry-After`.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Decision, Failure, GiveUp, HintRule, Jitter, Policy};
/// # use core::time::Duration;
/// let policy = Policy::DEFAULT.with_jitter(Jitter::None).with_max_hint(Duration::from_secs(10));
/// let failure = Failure::throttled().with_retry_after(Duration::from_secs(3600));
/// let decide = |policy: Policy| policy.start().on_failure(Duration::ZERO, failure, 0);
/// assert_eq!(decide(policy), Decision::GiveUp(GiveUp::HintTooLong));
///
/// let clamps = policy.with_hint_rule(HintRule::Clamp);
/// assert_eq!(decide(clamps), Decision::Retry { after: Duration::from_secs(10) });
///
/// let ignores = policy.with_hint_rule(HintRule::Ignore);
/// assert_eq!(decide(ignores), Decision::Retry { after: Duration::from_millis(100) });
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum HintRule {
    /// Obey the longest hint instead.
    Clamp,
    /// Give up with [`GiveUp::HintTooLong`](crate::GiveUp::HintTooLong).
    #[default]
    GiveUp,
    /// Use the schedule, as without a hint.
    Ignore,
}
