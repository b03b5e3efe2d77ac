//! The state machine: a failed attempt in, a decision out.

use core::fmt;
use core::time::Duration;

use crate::decision::{Decision, GiveUp};
use crate::failure::Failure;
use crate::nanos::{self, least};
use crate::policy::{DeadlineRule, Policy, PolicyRef};
use crate::progress::Progress;
use crate::schedule::Schedule;

mod order;

/// One call under a policy: decides after each failed attempt whether and when to make another.
///
/// It holds its policy, by value or by reference ([`PolicyRef`]), and a [`Progress`]. With a reference it takes
/// 24 bytes.
///
/// # Examples
///
/// ```
/// use backoff_core::{Decision, Failure, GiveUp, Policy};
/// use core::time::Duration;
///
/// let policy = Policy::DEFAULT.with_max_attempts(2);
/// let mut retry = policy.start();
/// let elapsed = Duration::from_millis(30); // since the first attempt began
///
/// let first = retry.on_failure(elapsed, Failure::transient(), u32::MAX);
/// assert_eq!(first, Decision::Retry { after: Duration::from_millis(100) });
/// assert_eq!(retry.attempt(), 2);
///
/// let second = retry.on_failure(elapsed, Failure::transient(), u32::MAX);
/// assert_eq!(second, Decision::GiveUp(GiveUp::Attempts));
/// ```
#[derive(Clone, Copy)]
pub struct RetryState<P> {
    policy: P,
    progress: Progress,
}

const _: () = assert!(size_of::<RetryState<&Policy>>() <= 24);

/// A failed attempt, and the random number for the delay after it.
struct Input {
    /// The nanoseconds since the first attempt began.
    elapsed: u64,
    failure: Failure,
    random: u32,
}

impl<P> RetryState<P> {
    /// Starts a call: the first attempt is under way.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Policy, RetryState};
    /// fn begin(policy: Policy) -> RetryState<Policy> {
    ///     RetryState::new(policy) // owns its policy, where `Policy::start` borrows it
    /// }
    /// assert_eq!(begin(Policy::DEFAULT).attempt(), 1);
    /// ```
    #[must_use]
    pub const fn new(policy: P) -> Self {
        Self::resume(policy, Progress::START)
    }

    /// Continues a call exactly where it was when its [`progress`](Self::progress) was taken.
    ///
    /// Save two more values beside the progress: the time since the first attempt began, and the rest of the wait
    /// if one was interrupted.
    #[must_use]
    pub const fn resume(policy: P, progress: Progress) -> Self {
        Self { policy, progress }
    }

    /// Begins a new call under the same policy: the first attempt is under way, and nothing has been counted.
    ///
    /// Call it when an attempt lasted so long that it counts as a success, such as a connection that was up for an
    /// hour before it broke. Then measure `elapsed` from the new start, or the old deadline still applies.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Failure, Policy};
    /// # use core::time::Duration;
    /// let mut retry = Policy::DEFAULT.start();
    /// let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// assert_eq!(retry.attempt(), 2); // connects, and serves for an hour
    ///
    /// retry.reset();
    /// assert_eq!(retry.attempt(), 1);
    /// ```
    pub const fn reset(&mut self) {
        self.progress = Progress::START;
    }

    /// Returns the number of the attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.progress.attempt()
    }

    /// Returns what is needed to [resume](Self::resume) this call later.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }
}

impl<P: PolicyRef> RetryState<P> {
    /// Returns the policy of this call.
    #[inline]
    #[must_use]
    pub fn policy(&self) -> &Policy<P::Schedule> {
        self.policy.policy()
    }

    /// Returns the time until the deadline: zero once it has passed, and `None` without a deadline.
    ///
    /// `elapsed` is the time since the first attempt began.
    #[must_use]
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        nanos::limit(self.remaining_nanos(nanos::from_duration(elapsed)))
    }

    /// Returns how long an attempt that starts now may take, or `None` if nothing limits it.
    ///
    /// That is the policy's [timeout](Policy::with_attempt_timeout) or the time until the deadline, whichever is
    /// shorter. Ask before each attempt, after the wait. The last attempt under
    /// [`DeadlineRule::ClampToRemaining`] starts at the deadline and is limited by the policy's timeout only.
    #[must_use]
    pub fn attempt_timeout(&self, elapsed: Duration) -> Option<Duration> {
        let timeout = self.policy().attempt_timeout;
        let remaining = self.remaining_nanos(nanos::from_duration(elapsed));
        nanos::limit(match (self.policy().deadline_rule, remaining) {
            (DeadlineRule::ClampToRemaining, 0) => timeout,
            _ => least(timeout, remaining),
        })
    }

    /// `u64::MAX` without a deadline.
    #[inline]
    fn remaining_nanos(&self, elapsed: u64) -> u64 {
        match self.policy().deadline {
            u64::MAX => u64::MAX,
            deadline => deadline.saturating_sub(elapsed),
        }
    }
}

// The compiler alone would call these functions, which takes half as many instructions again. Only the shortcut is
// inlined into the caller.
#[allow(clippy::inline_always)]
impl<P: PolicyRef> RetryState<P> {
    /// Decides what follows a failed attempt.
    ///
    /// `elapsed` is the time since the first attempt began, on a monotonic clock. `random` is uniform over all of
    /// `u32`; the same number gives the same decision. If the decision is to retry, the next attempt counts as under
    /// way.
    ///
    /// The checks are made in this order. The first that fails is the reason to give up:
    ///
    /// | | check | reason |
    /// |---|---|---|
    /// | 1 | the failure is not permanent | [`GiveUp::Permanent`] |
    /// | 2 | attempts are left | [`GiveUp::Attempts`] |
    /// | 3 | a doubtful failure has retries left | [`GiveUp::Doubtful`] |
    /// | 4 | the schedule gives a window, and jitter draws a delay from it | |
    /// | 5 | a server's hint is not too long; it replaces the schedule's delay | [`GiveUp::HintTooLong`] |
    /// | 6 | the wait ends by the deadline | [`GiveUp::Deadline`] |
    ///
    /// The wait is never shorter than a hint, unless the policy says so ([`HintRule`](crate::HintRule),
    /// [`DeadlineRule::ClampToRemaining`]). It is the hint plus a delay drawn from the whole window, so that
    /// clients with the same hint do not return in step; with [`Jitter::None`](crate::Jitter::None) it is exactly
    /// the hint. The wait is also never shorter than the failure's own
    /// [minimum](Failure::with_min_delay), unless [`DeadlineRule::ClampToRemaining`] shortens it.
    #[inline(always)]
    pub fn on_failure(&mut self, elapsed: Duration, failure: Failure, random: u32) -> Decision {
        let elapsed = nanos::from_duration(elapsed);
        match self.shortcut(elapsed, failure, random) {
            Some(after) => Decision::Retry {
                after: nanos::to_duration(after),
            },
            None => self.decide(Input {
                elapsed,
                failure,
                random,
            }),
        }
    }

    /// Decides as [`on_failure`](Self::on_failure) does, in [nanoseconds](nanos): `Ok` is the wait.
    ///
    /// # Errors
    ///
    /// Returns the reason to give up.
    #[doc(hidden)]
    #[inline(always)]
    pub fn on_failure_nanos(
        &mut self,
        elapsed: u64,
        failure: Failure,
        random: u32,
    ) -> Result<u64, GiveUp> {
        if let Some(after) = self.shortcut(elapsed, failure, random) {
            return Ok(after);
        }
        // The long way gets a copy of the call. A reference to this one would keep it in memory on the short way too, and a
        // processor stalls where it reads as a whole what was written in parts.
        let mut call = self.policy().resume(self.progress);
        let after = call.check_all(Input {
            elapsed,
            failure,
            random,
        })?;
        self.progress = call.progress;
        Ok(after)
    }

    // Called last, so that the caller has nothing to save for its return.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    fn decide(&mut self, input: Input) -> Decision {
        let window = |schedule: &P::Schedule, retry| Some(schedule.nanos(retry));
        if let Some(after) = self.ordinary(&input, window) {
            return Decision::Retry {
                after: nanos::to_duration(after),
            };
        }
        match self.check_all(input) {
            Ok(after) => Decision::Retry {
                after: nanos::to_duration(after),
            },
            Err(reason) => Decision::GiveUp(reason),
        }
    }
}

impl<S> Policy<S> {
    /// Starts a call: the first attempt is under way.
    ///
    /// The call borrows the policy. [`RetryState::new`] makes one that owns it.
    #[must_use]
    pub const fn start(&self) -> RetryState<&Self> {
        RetryState::new(self)
    }

    /// Continues a call exactly where it was when its [`progress`](RetryState::progress) was taken.
    ///
    /// Save two more values beside the progress: the time since the first attempt began, and the rest of the wait
    /// if one was interrupted.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Failure, Policy, Progress};
    /// # use core::time::Duration;
    /// let mut retry = Policy::DEFAULT.start();
    /// let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// let saved: [u8; Progress::BYTES] = retry.progress().to_bytes(); // to memory that survives a reset
    ///
    /// let progress = Progress::from_bytes(&saved).unwrap_or(Progress::START);
    /// assert_eq!(Policy::DEFAULT.resume(progress).attempt(), 2);
    /// ```
    #[must_use]
    pub const fn resume(&self, progress: Progress) -> RetryState<&Self> {
        RetryState::resume(self, progress)
    }
}

impl<P> fmt::Debug for RetryState<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryState")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn a_call_shows_its_progress_and_its_policy() {
        let policy = Policy::DEFAULT;
        let call = policy.start();
        assert_eq!(call.policy(), &policy);
        let shown = std::format!("{call:?}");
        assert!(
            shown.starts_with("RetryState { progress: Progress {"),
            "{shown}"
        );
    }

    #[test]
    fn what_remains_limits_the_next_attempt() {
        let seconds = Duration::from_secs;
        let plain = Policy::DEFAULT.with_deadline(seconds(60));
        let timed = plain.with_attempt_timeout(seconds(10));
        let clamps = timed.with_deadline_rule(DeadlineRule::ClampToRemaining);
        let cases = [
            // (policy, elapsed, remaining, timeout)
            (plain, 0, Some(60), Some(60)),
            (plain.without_deadline(), 70, None, None),
            (timed, 0, Some(60), Some(10)),
            (timed, 55, Some(5), Some(5)),
            (timed, 60, Some(0), Some(0)),
            (timed, 70, Some(0), Some(0)),
            (timed.without_deadline(), 70, None, Some(10)),
            (clamps, 55, Some(5), Some(5)),
            (clamps, 60, Some(0), Some(10)),
        ];
        for (policy, elapsed, remaining, timeout) in cases {
            let (call, elapsed) = (policy.start(), seconds(elapsed));
            let limits = (call.remaining(elapsed), call.attempt_timeout(elapsed));
            let expected = (remaining.map(seconds), timeout.map(seconds));
            assert_eq!(limits, expected, "{policy:?} after {elapsed:?}");
        }
    }

    #[test]
    fn at_the_deadline_not_even_a_wait_of_zero_is_begun() {
        let policy = Policy::DEFAULT.with_deadline(MS(60));
        for rule in [DeadlineRule::ClampToRemaining, DeadlineRule::GiveUp] {
            let policy = policy.with_deadline_rule(rule);
            for failure in [Failure::doubtful(), Failure::transient()] {
                let decide = |elapsed| policy.start().on_failure(MS(elapsed), failure, 0);
                let begun = Decision::Retry { after: MS(0) };
                assert_eq!(decide(59), begun, "{rule:?}");
                assert_eq!(decide(60), Decision::GiveUp(GiveUp::Deadline), "{rule:?}");
            }
        }
    }
}
