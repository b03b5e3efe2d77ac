//! The checks of a decision, in their order.

use core::num::NonZeroU32;

use super::{Input, RetryState};
use crate::decision::GiveUp;
use crate::failure::{Failure, FailureKind};
use crate::jitter::{self, Spread, SpreadKind};
use crate::nanos::least;
use crate::policy::{DeadlineRule, PolicyRef};
use crate::schedule::Schedule;

impl<P: PolicyRef> RetryState<P> {
    /// Returns the wait in the ordinary case, or `None` without having decided anything.
    ///
    /// This is a few instructions, inlined into the caller. 32-bit machines have no shortcut, because flash is scarcer
    /// than time there.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn shortcut(&mut self, elapsed: u64, failure: Failure, random: u32) -> Option<u64> {
        let input = Input {
            elapsed,
            failure,
            random,
        };
        self.ordinary(&input, P::Schedule::cheap_nanos)
    }

    /// The part of [`shortcut`](Self::shortcut) that is left to the window of a retry, which may take a call.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn ordinary(
        &mut self,
        &Input {
            elapsed,
            failure,
            random,
        }: &Input,
        window: impl Fn(&P::Schedule, NonZeroU32) -> Option<u64>,
    ) -> Option<u64> {
        let policy = self.policy.policy();
        let (attempt, max) = (self.progress.attempt, policy.max_delay);
        let ordinary = cfg!(target_pointer_width = "64")
            && failure.is_ordinary()
            && attempt.get() <= policy.max_retries;
        if !ordinary {
            return None;
        }
        let decorrelated = matches!(policy.jitter.kind, SpreadKind::Decorrelated);
        let range = if decorrelated {
            let base = least(window(&policy.schedule, NonZeroU32::MIN)?, max);
            if base == 0 {
                return None;
            }
            jitter::decorrelated(base, self.progress.previous, max)
        } else {
            let window = least(window(&policy.schedule, attempt)?, max);
            policy.jitter.range(window, max)
        };
        let delay = jitter::draw(range, random);
        if delay >= policy.deadline.saturating_sub(elapsed) {
            return None;
        }
        self.progress.attempt = attempt.checked_add(1)?;
        if decorrelated {
            self.progress.previous = delay;
        }
        Some(delay)
    }
}

impl<P: PolicyRef> RetryState<P> {
    /// Makes every check, in the order that [`on_failure`](Self::on_failure) documents. `Ok` is the
    /// wait.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    pub(super) fn check_all(
        &mut self,
        Input {
            elapsed,
            failure,
            random,
        }: Input,
    ) -> Result<u64, GiveUp> {
        self.check_kind(failure)?;
        let hint = self.policy().obeyed_hint(failure)?;
        let delay = self.delay(failure, hint != 0, random);
        let shortest = match hint {
            0 => failure.min_nanos(),
            hint => hint.max(failure.min_nanos()),
        };
        let after = self.until_deadline(elapsed, shortest.saturating_add(delay))?;
        if hint == 0 && matches!(self.policy().jitter.kind, SpreadKind::Decorrelated) {
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
        if matches!(failure.kind(), FailureKind::Permanent) {
            return Err(GiveUp::Permanent);
        }
        if !self.has_attempts() {
            return Err(GiveUp::Attempts);
        }
        if matches!(failure.kind(), FailureKind::Doubtful)
            && self.progress.doubtful >= self.policy().doubtful_limit
        {
            return Err(GiveUp::Doubtful);
        }
        Ok(())
    }

    #[inline]
    fn has_attempts(&self) -> bool {
        self.progress.attempt() <= self.policy().max_retries
    }

    /// Draws the policy's delay, or the delay that is added to a hint.
    #[inline]
    fn delay(&self, failure: Failure, hinted: bool, random: u32) -> u64 {
        let (jitter, max) = (self.policy().jitter, self.policy().max_delay);
        let range = match jitter.kind {
            SpreadKind::None if hinted => (0, 0),
            SpreadKind::Decorrelated if !hinted => {
                jitter::decorrelated(self.base(failure), self.progress.previous, max)
            }
            _ => {
                let jitter = if hinted { Spread::FULL } else { jitter };
                jitter.range(self.window(failure, self.progress.attempt), max)
            }
        };
        jitter::draw(range, random)
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
        // Called in each arm, so that the compiler can fold the numbers of a constant policy.
        let window = match (failure.kind(), &self.policy().throttled) {
            (FailureKind::Throttled, Some(slower)) => slower.nanos(retry),
            _ => self.policy().schedule.nanos(retry),
        };
        least(window, self.policy().max_delay)
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
    use crate::jitter::{Jitter, Percent};
    use crate::policy::Policy;
    use crate::progress::Progress;
    use crate::schedule::{Constant, Exponential, Fibonacci, Linear, Steps};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn policies() -> [Policy; 13] {
        let policy = Policy::DEFAULT;
        let margin = Duration::from_secs(19);
        [
            policy,
            policy.retry_forever().without_deadline(),
            policy
                .retry_forever()
                .with_max_delay(Duration::MAX)
                .without_deadline(),
            policy.with_deadline_rule(DeadlineRule::ClampToRemaining),
            policy.with_ratio(3, 2),
            policy.with_schedule(Exponential::new(Duration::ZERO).with_ratio(3, 2)),
            policy.with_throttled_schedule(Exponential::new(MS(900))),
            policy.with_jitter(Jitter::Additive(margin)),
            policy.with_jitter(Jitter::Decorrelated),
            policy
                .with_schedule(Exponential::new(Duration::ZERO))
                .with_jitter(Jitter::Decorrelated),
            policy.with_jitter(Jitter::Equal),
            policy.with_jitter(Jitter::None),
            policy.with_jitter(Jitter::Proportional(Percent::new(20))),
        ]
    }

    #[test]
    fn the_shortcut_decides_as_all_checks_do_and_decides_nothing_else() {
        let table = [Duration::ZERO, MS(5)];
        let taken: usize = policies().iter().map(compare).sum::<usize>()
            + compare(&Policy::constant(MS(5)))
            + compare(&Policy::new(Constant::new(Duration::MAX)))
            + compare(&Policy::fibonacci(MS(5), Duration::MAX))
            + compare(&Policy::new(Fibonacci::new(MS(5))).with_jitter(Jitter::Decorrelated))
            + compare(&Policy::new(Linear::new(MS(5), MS(7))).with_jitter(Jitter::Equal))
            + compare(&Policy::new(Steps::new(&table)).with_jitter(Jitter::Decorrelated));
        assert_eq!(taken > 0, cfg!(target_pointer_width = "64"));
    }

    /// Returns how often the shortcut decided.
    fn compare<S: Schedule + core::fmt::Debug>(policy: &Policy<S>) -> usize {
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
        let previous = [0, 1, 19_000_000_000, u64::MAX];
        let stride = if cfg!(miri) { 4 } else { 1 }; // all of them take Miri minutes
        let attempts = attempts.map(|attempt| NonZeroU32::new(attempt).expect("an attempt"));
        let mut taken = 0;
        for failure in failures {
            for attempt in attempts.into_iter().step_by(stride) {
                for previous in previous.into_iter().step_by(stride) {
                    for elapsed in elapsed {
                        for random in [0, 1, 1 << 31, u32::MAX] {
                            let progress = Progress {
                                previous,
                                attempt,
                                doubtful: 0,
                            };
                            let [mut state, mut long_state] = [policy.resume(progress); 2];
                            let long = long_state.check_all(Input {
                                elapsed,
                                failure,
                                random,
                            });
                            let short = state.shortcut(elapsed, failure, random);
                            let case = (policy, failure, progress, elapsed, random);
                            if short.is_none() {
                                assert_eq!(state.progress(), progress, "{case:?}");
                            }
                            if let Some(after) = short {
                                let (long, short) =
                                    ((long, long_state.progress()), (Ok(after), state.progress()));
                                assert_eq!(long, short, "{case:?}");
                            }
                            taken += usize::from(short.is_some());
                        }
                    }
                }
            }
        }
        taken
    }
}
