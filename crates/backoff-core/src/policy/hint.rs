//! What a policy makes of a server's hint.

use core::time::Duration;

use super::delay_origin::DelayOrigin;
use super::policy::Policy;
use super::rule::HintRule;
use crate::decision::GiveUp;
use crate::failure::Failure;
use crate::nanos;

impl<S> Policy<S> {
    /// Says what determined a wait after this failure: the schedule, the server's hint, or a limit that
    /// shortened the hint.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{DelayOrigin, DeadlineRule, Decision, Failure, Policy};
    /// # use core::time::Duration;
    /// let seconds = Duration::from_secs;
    /// let policy = Policy::DEFAULT.with_deadline_rule(DeadlineRule::ClampToRemaining);
    /// let failure = Failure::throttled().with_retry_after(seconds(50));
    ///
    /// let decision = policy.start().on_failure(seconds(20), failure, 0);
    /// assert_eq!(decision, Decision::Retry { after: seconds(40) }); // until the deadline at 60 s
    /// assert_eq!(policy.delay_origin(failure, seconds(40)), DelayOrigin::ClampedHint);
    /// assert_eq!(policy.delay_origin(failure, seconds(50)), DelayOrigin::Hint);
    /// ```
    #[must_use]
    pub const fn delay_origin(&self, failure: Failure, wait: Duration) -> DelayOrigin {
        let hint = failure.hint();
        match self.obeyed_hint(failure) {
            Ok(0) | Err(_) => DelayOrigin::Schedule,
            Ok(obeyed) if obeyed == hint && nanos::from_duration(wait) >= hint => DelayOrigin::Hint,
            Ok(_) => DelayOrigin::ClampedHint,
        }
    }

    /// Returns how much of the hint is obeyed, in nanoseconds. Zero leaves the schedule in charge.
    #[inline]
    pub(crate) const fn obeyed_hint(&self, failure: Failure) -> Result<u64, GiveUp> {
        let hint = failure.hint();
        if hint <= self.max_hint {
            return Ok(hint);
        }
        match self.hint_rule {
            HintRule::Clamp => Ok(self.max_hint),
            HintRule::GiveUp => Err(GiveUp::HintTooLong),
            HintRule::Ignore => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_delay_comes_from_the_schedule_the_hint_or_the_longest_hint() {
        let policy = Policy::DEFAULT.with_max_hint(s(10));
        let clamps = policy.with_hint_rule(HintRule::Clamp);
        let ignores = policy.with_hint_rule(HintRule::Ignore);
        let hint = |seconds| Failure::throttled().with_retry_after(s(seconds));
        let cases = [
            (policy, Failure::transient(), 9, DelayOrigin::Schedule),
            (policy, hint(0), 9, DelayOrigin::Schedule),
            (policy, hint(10), 10, DelayOrigin::Hint),
            (policy, hint(10), 9, DelayOrigin::ClampedHint), // to what was left until the deadline
            (policy, hint(11), 9, DelayOrigin::Schedule),
            (clamps, hint(11), 10, DelayOrigin::ClampedHint),
            (ignores, hint(11), 9, DelayOrigin::Schedule),
        ];
        for (policy, failure, wait, origin) in cases {
            assert_eq!(policy.delay_origin(failure, s(wait)), origin, "{failure:?}");
        }
    }
}
