//! The state machine: a failed attempt in, a decision out.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use crate::decision::{Decision, GiveUp};
use crate::failure::{Failure, FailureKind};
use crate::jitter::{self, Jitter, least};
use crate::nanos;
use crate::policy::{DeadlineRule, Policy, PolicyRef};
use crate::progress::Progress;
use crate::schedule::Schedule;

/// One call under a policy: decides after each failed attempt what comes next.
///
/// It holds the policy, by value or by reference ([`PolicyRef`]), and a [`Progress`]. With a reference it takes
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

impl<P> RetryState<P> {
    /// Starts a call: the first attempt is under way.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Policy, RetryState};
    /// let owned = RetryState::new(Policy::DEFAULT); // `'static`, where `Policy::start` borrows
    /// assert_eq!(owned.attempt(), 1);
    /// ```
    #[must_use]
    pub const fn new(policy: P) -> Self {
        Self::resume(policy, Progress::START)
    }

    /// Continues a call exactly where it was when its [`progress`](Self::progress) was taken.
    ///
    /// The caller saves two more values beside the progress: the time since the first attempt began, and the
    /// rest of a wait that was interrupted.
    #[must_use]
    pub const fn resume(policy: P, progress: Progress) -> Self {
        Self { policy, progress }
    }

    /// The attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.progress.attempt()
    }

    /// All that is needed to continue this call later; see [`resume`](Self::resume).
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Begins a new call under the same policy: the first attempt is under way and nothing has been counted.
    ///
    /// For an attempt that lasted long enough to count as a success, such as a connection that was up for an
    /// hour before it broke. Measure the time since the first attempt anew as well, or the old deadline applies.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Failure, Policy};
    /// # use core::time::Duration;
    /// let mut retry = Policy::DEFAULT.start();
    /// let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// assert_eq!(retry.attempt(), 2);
    ///
    /// retry.reset(); // the second attempt connected and served for an hour
    /// assert_eq!(retry.attempt(), 1);
    /// ```
    pub const fn reset(&mut self) {
        self.progress = Progress::START;
    }
}

impl<P: PolicyRef> RetryState<P> {
    /// The policy of this call.
    #[must_use]
    #[inline]
    pub fn policy(&self) -> &Policy<P::Schedule> {
        self.policy.policy()
    }

    /// Returns the time until the deadline, zero once it has passed, or `None` without a deadline.
    ///
    /// `elapsed` is the time since the first attempt began.
    #[must_use]
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        nanos::limit(self.policy().remaining(nanos::from_duration(elapsed)))
    }

    /// Returns how long an attempt that starts now may take, or `None` if nothing limits it.
    ///
    /// That is the policy's [timeout](Policy::with_attempt_timeout) or the time until the deadline, whichever is
    /// shorter. Ask before each attempt, after the wait. The last attempt under
    /// [`DeadlineRule::ClampToRemaining`] starts at the deadline and has the policy's timeout alone.
    #[must_use]
    pub fn attempt_timeout(&self, elapsed: Duration) -> Option<Duration> {
        nanos::limit(self.policy().limit(nanos::from_duration(elapsed)))
    }
}

// Left to itself the compiler calls these functions, which takes half as many instructions again; what is
// compiled into the caller is the shortcut alone.
#[allow(clippy::inline_always)]
impl<P: PolicyRef> RetryState<P> {
    /// Decides what follows a failed attempt.
    ///
    /// `elapsed` is the time since the first attempt began, on a monotonic clock. `random` is uniform over all
    /// of `u32`; the same word gives the same decision. Once a retry is decided, the next attempt counts as
    /// under way.
    ///
    /// The checks come in this order, and the first that fails is the reason:
    ///
    /// | | check | reason |
    /// |---|---|---|
    /// | 1 | the failure is not permanent | [`GiveUp::Permanent`] |
    /// | 2 | attempts are left | [`GiveUp::Attempts`] |
    /// | 3 | a doubtful failure has retries left | [`GiveUp::Doubtful`] |
    /// | 4 | the schedule gives a window, jitter a delay | |
    /// | 5 | a server hint is not too long, and replaces the schedule's delay | [`GiveUp::HintTooLong`] |
    /// | 6 | the wait ends by the deadline | [`GiveUp::Deadline`] |
    ///
    /// A hint is never undercut, unless the policy says so ([`HintRule::Clamp`](crate::HintRule::Clamp),
    /// [`DeadlineRule::ClampToRemaining`]): the delay is the hint plus a share, drawn from the whole window, so
    /// that clients with the same hint do not return in step ([`Jitter::None`] adds nothing).
    #[inline(always)]
    pub fn on_failure(&mut self, elapsed: Duration, failure: Failure, random: u32) -> Decision {
        let elapsed = nanos::from_duration(elapsed);
        match self.shortcut(elapsed, failure, random) {
            Some(after) => Decision::Retry {
                after: nanos::to_duration(after),
            },
            None => self.decide(elapsed, failure, random),
        }
    }

    /// Decides as [`on_failure`](Self::on_failure) does, in [nanoseconds](nanos): `Ok` is the wait.
    ///
    /// For drivers, which count in them.
    ///
    /// # Errors
    ///
    /// The reason to give up.
    #[doc(hidden)]
    #[inline(always)]
    pub fn on_failure_nanos(
        &mut self,
        elapsed: u64,
        failure: Failure,
        random: u32,
    ) -> Result<u64, GiveUp> {
        match self.shortcut(elapsed, failure, random) {
            Some(after) => Ok(after),
            None => self.consider(elapsed, failure, random),
        }
    }

    /// The wait where nothing is out of the ordinary, in a few instructions at the place of the call.
    ///
    /// `None` decides nothing. On a 32-bit machine there is no shortcut, since flash is scarcer than time.
    #[inline(always)]
    fn shortcut(&mut self, elapsed: u64, failure: Failure, random: u32) -> Option<u64> {
        let policy = self.policy.policy();
        let ordinary = cfg!(target_pointer_width = "64")
            && failure.is_ordinary()
            && matches!(policy.jitter, Jitter::Full)
            && self.has_attempts()
            && elapsed < policy.deadline;
        if !ordinary {
            return None;
        }
        let window = policy.schedule.cheap_nanos(self.progress.attempt)?;
        let after = nanos::sample(least(window, policy.max_delay), random);
        if after > policy.deadline - elapsed {
            return None;
        }
        self.progress.attempt = self.progress.attempt.saturating_add(1);
        Some(after)
    }

    fn decide(&mut self, elapsed: u64, failure: Failure, random: u32) -> Decision {
        match self.consider(elapsed, failure, random) {
            Ok(after) => Decision::Retry {
                after: nanos::to_duration(after),
            },
            Err(reason) => Decision::GiveUp(reason),
        }
    }

    /// Every check, in the order of the table.
    fn consider(&mut self, elapsed: u64, failure: Failure, random: u32) -> Result<u64, GiveUp> {
        self.permits(failure)?;
        let hint = self.policy().obeyed_hint(failure)?;
        let delay = self.delay(failure, hint != 0, random);
        let shortest = match hint {
            0 => failure.min_nanos(),
            hint => hint.max(failure.min_nanos()),
        };
        let after = self.until_deadline(elapsed, shortest.saturating_add(delay))?;
        if hint == 0 && matches!(self.policy().jitter, Jitter::Decorrelated) {
            self.progress.previous = delay;
        }
        self.progress.attempt = self.progress.attempt.saturating_add(1);
        if matches!(failure.kind(), FailureKind::Doubtful) {
            self.progress.doubtful = self.progress.doubtful.saturating_add(1);
        }
        Ok(after)
    }

    #[inline]
    fn permits(&self, failure: Failure) -> Result<(), GiveUp> {
        let policy = self.policy.policy();
        if matches!(failure.kind(), FailureKind::Permanent) {
            return Err(GiveUp::Permanent);
        }
        if !self.has_attempts() {
            return Err(GiveUp::Attempts);
        }
        if matches!(failure.kind(), FailureKind::Doubtful)
            && self.progress.doubtful >= policy.doubtful_limit
        {
            return Err(GiveUp::Doubtful);
        }
        Ok(())
    }

    #[inline]
    fn has_attempts(&self) -> bool {
        let max = self.policy().max_attempts;
        max == 0 || self.attempt() < max
    }

    /// The delay of the policy, or what is added to a hint.
    #[inline]
    fn delay(&self, failure: Failure, hinted: bool, random: u32) -> u64 {
        let max = self.policy().max_delay;
        match self.policy().jitter {
            Jitter::None if hinted => 0,
            Jitter::Decorrelated if !hinted => {
                let (base, previous) = (self.base(failure), self.progress.previous);
                jitter::decorrelated(base, previous, max, random)
            }
            jitter => {
                let jitter = if hinted { Jitter::Full } else { jitter };
                let window = self.window(failure, self.progress.attempt);
                jitter.delay(window, max, random)
            }
        }
    }

    /// The first window, where delays are decorrelated. Of zero, nothing would ever grow: until there is a delay
    /// to follow, it is that of the present retry then.
    #[inline]
    fn base(&self, failure: Failure) -> u64 {
        match self.window(failure, NonZeroU32::MIN) {
            0 if self.progress.previous == 0 => self.window(failure, self.progress.attempt),
            base => base,
        }
    }

    /// The window of a retry in the schedule that the failure asks for.
    #[inline]
    fn window(&self, failure: Failure, retry: NonZeroU32) -> u64 {
        let policy = self.policy.policy();
        // Asked in each arm, so that the numbers of a constant policy are folded into the code.
        let window = match (failure.kind(), &policy.throttled) {
            (FailureKind::Throttled, Some(slower)) => slower.nanos(retry),
            _ => policy.schedule.nanos(retry),
        };
        least(window, policy.max_delay)
    }

    #[inline]
    fn until_deadline(&self, elapsed: u64, after: u64) -> Result<u64, GiveUp> {
        let deadline = self.policy().deadline;
        if elapsed < deadline && after <= deadline - elapsed || deadline == u64::MAX {
            return Ok(after);
        }
        match self.policy().deadline_rule {
            DeadlineRule::ClampToRemaining if elapsed < deadline => Ok(deadline - elapsed),
            _ => Err(GiveUp::Deadline),
        }
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
    use crate::schedule::Exponential;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn policies() -> [Policy; 7] {
        let policy = Policy::DEFAULT;
        [
            policy,
            policy.retry_forever().without_deadline(),
            policy
                .retry_forever()
                .with_max_delay(Duration::MAX)
                .without_deadline(),
            policy.with_deadline_rule(DeadlineRule::ClampToRemaining),
            policy.with_jitter(Jitter::Equal),
            policy.with_ratio(3, 2),
            policy.with_throttled_schedule(Exponential::new(MS(900))),
        ]
    }

    #[test]
    fn the_shortcut_decides_as_all_checks_do_and_decides_nothing_else() {
        let failures = [
            Failure::transient(),
            Failure::transient().with_min_delay(MS(1)),
            Failure::transient().with_retry_after(Duration::ZERO),
            Failure::doubtful(),
            Failure::permanent(),
            Failure::throttled(),
        ];
        let attempts = [1, 2, 4, 5, 37, 38, 39, 64, u32::MAX - 1, u32::MAX];
        let elapsed = [0, 1, 59_999_999_999, 60_000_000_000, u64::MAX - 1, u64::MAX];
        let stride = if cfg!(miri) { 4 } else { 1 }; // all of them take Miri minutes
        let attempts = attempts.map(|attempt| NonZeroU32::new(attempt).expect("an attempt"));
        let mut taken = 0;
        for policy in &policies() {
            for failure in failures {
                for attempt in attempts.into_iter().step_by(stride) {
                    for elapsed in elapsed {
                        for random in [0, 1, 1 << 31, u32::MAX] {
                            let start = Progress {
                                attempt,
                                ..Progress::START
                            };
                            let [mut short, mut long] = [policy.resume(start); 2];
                            let shortcut = short.shortcut(elapsed, failure, random);
                            let case = (policy, failure, attempt, elapsed, random);
                            if let Some(after) = shortcut {
                                assert_eq!(
                                    long.consider(elapsed, failure, random),
                                    Ok(after),
                                    "{case:?}"
                                );
                                taken += 1;
                            }
                            assert_eq!(short.progress(), long.progress(), "{case:?}");
                        }
                    }
                }
            }
        }
        assert_eq!(taken > 0, cfg!(target_pointer_width = "64"));
    }

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
