//! The checks of a decision, in their order.

use core::num::NonZeroU32;

use super::RetryState;
use crate::decision::GiveUp;
use crate::failure::{Failure, FailureKind};
use crate::jitter::{self, Jitter};
use crate::nanos::{self, least};
use crate::policy::{DeadlineRule, PolicyRef};
use crate::schedule::Schedule;

impl<P: PolicyRef> RetryState<P> {
    /// Returns the wait in the ordinary case, or `None` without having decided anything.
    ///
    /// This is a few instructions, inlined into the caller. 32-bit machines have no shortcut, because flash is
    /// scarcer than time there.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn shortcut(&mut self, elapsed: u64, failure: Failure, random: u32) -> Option<u64> {
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

    /// Makes every check, in the order that [`RetryState::on_failure`] documents. `Ok` is the wait.
    pub(super) fn check_all(
        &mut self,
        elapsed: u64,
        failure: Failure,
        random: u32,
    ) -> Result<u64, GiveUp> {
        self.check_kind(failure)?;
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
    fn check_kind(&self, failure: Failure) -> Result<(), GiveUp> {
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

    /// Draws the policy's delay, or the delay that is added to a hint.
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

    /// Returns the base of decorrelated jitter: the first window.
    ///
    /// Nothing would ever grow from zero. While both the first window and the previous delay are zero, use the
    /// window of the current retry.
    #[inline]
    fn base(&self, failure: Failure) -> u64 {
        match self.window(failure, NonZeroU32::MIN) {
            0 if self.progress.previous == 0 => self.window(failure, self.progress.attempt),
            base => base,
        }
    }

    /// Returns the window of a retry in the schedule that the failure asks for.
    #[inline]
    fn window(&self, failure: Failure, retry: NonZeroU32) -> u64 {
        let policy = self.policy.policy();
        // Called in each arm, so that the compiler can fold the numbers of a constant policy.
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

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::policy::Policy;
    use crate::progress::Progress;
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
            Failure::transient().with_retry_after(MS(1)),
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
                                    long.check_all(elapsed, failure, random),
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
}
