//! The checks of a decision, in their order.

use core::num::NonZeroU32;

use super::RetryState;
use crate::decision::GiveUp;
use crate::failure::{Failure, FailureKind};
use crate::jitter::{self, Spread, SpreadKind};
use crate::nanos::least;
use crate::policy::{DeadlineRule, Policy, PolicyRef};
use crate::progress::Progress;
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
        let delay = if decorrelated {
            let base = least(window(&policy.schedule, NonZeroU32::MIN)?, max);
            if base == 0 {
                return None;
            }
            jitter::decorrelated(base, self.progress.previous, max, random)
        } else {
            let window = least(window(&policy.schedule, attempt)?, max);
            policy.jitter.delay(window, max, random)
        };
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

/// A failed attempt.
pub(super) struct Input {
    /// The nanoseconds since the first attempt began.
    pub(super) elapsed: u64,
    pub(super) failure: Failure,
    pub(super) random: u32,
}

/// A failed attempt, and all that decides what follows it.
pub(super) struct Question<'p, S> {
    pub(super) policy: &'p Policy<S>,
    pub(super) progress: Progress,
    pub(super) input: Input,
}

impl<S: Schedule> Question<'_, S> {
    /// Makes every check, in the order that [`RetryState::on_failure`](super::RetryState::on_failure) documents.
    ///
    /// Returns the wait and the progress of the call after it.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    pub(super) fn check_all(mut self) -> Result<(u64, Progress), GiveUp> {
        self.check_kind()?;
        let hint = self.policy.obeyed_hint(self.input.failure)?;
        let delay = self.delay(hint != 0);
        let shortest = match hint {
            0 => self.input.failure.min_nanos(),
            hint => hint.max(self.input.failure.min_nanos()),
        };
        let after = self.until_deadline(shortest.saturating_add(delay))?;
        if hint == 0 && matches!(self.policy.jitter.kind, SpreadKind::Decorrelated) {
            self.progress.previous = delay;
        }
        self.progress.attempt = self.progress.attempt.saturating_add(1);
        if matches!(self.input.failure.kind(), FailureKind::Doubtful) {
            self.progress.doubtful = self.progress.doubtful.saturating_add(1);
        }
        Ok((after, self.progress))
    }

    #[inline]
    fn check_kind(&self) -> Result<(), GiveUp> {
        if matches!(self.input.failure.kind(), FailureKind::Permanent) {
            return Err(GiveUp::Permanent);
        }
        if !self.has_attempts() {
            return Err(GiveUp::Attempts);
        }
        if matches!(self.input.failure.kind(), FailureKind::Doubtful)
            && self.progress.doubtful >= self.policy.doubtful_limit
        {
            return Err(GiveUp::Doubtful);
        }
        Ok(())
    }

    #[inline]
    fn has_attempts(&self) -> bool {
        self.progress.attempt() <= self.policy.max_retries
    }

    /// Draws the policy's delay, or the delay that is added to a hint.
    #[inline]
    fn delay(&self, hinted: bool) -> u64 {
        let (jitter, max) = (self.policy.jitter, self.policy.max_delay);
        match jitter.kind {
            SpreadKind::None if hinted => 0,
            SpreadKind::Decorrelated if !hinted => {
                jitter::decorrelated(self.base(), self.progress.previous, max, self.input.random)
            }
            _ => {
                let jitter = if hinted { Spread::FULL } else { jitter };
                let window = self.window(self.progress.attempt);
                jitter.delay(window, max, self.input.random)
            }
        }
    }

    /// Returns the base of decorrelated jitter: the first window.
    ///
    /// Nothing would ever grow from zero. While both the first window and the previous delay are zero, use the
    /// window of the current retry.
    #[inline]
    fn base(&self) -> u64 {
        match self.window(NonZeroU32::MIN) {
            0 if self.progress.previous == 0 => self.window(self.progress.attempt),
            base => base,
        }
    }

    /// Returns the window of a retry in the schedule that the failure asks for.
    #[inline]
    fn window(&self, retry: NonZeroU32) -> u64 {
        // Called in each arm, so that the compiler can fold the numbers of a constant policy.
        let window = match (self.input.failure.kind(), &self.policy.throttled) {
            (FailureKind::Throttled, Some(slower)) => slower.nanos(retry),
            _ => self.policy.schedule.nanos(retry),
        };
        least(window, self.policy.max_delay)
    }

    #[inline]
    fn until_deadline(&self, after: u64) -> Result<u64, GiveUp> {
        let (deadline, elapsed) = (self.policy.deadline, self.input.elapsed);
        if elapsed < deadline && after <= deadline - elapsed || deadline == u64::MAX {
            return Ok(after);
        }
        match self.policy.deadline_rule {
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
                            let mut state = policy.resume(progress);
                            let input = Input {
                                elapsed,
                                failure,
                                random,
                            };
                            let long = state.question(input).check_all();
                            let short = state.shortcut(elapsed, failure, random);
                            let short = short.map(|after| (after, state.progress()));
                            let case = (policy, failure, progress, elapsed, random);
                            assert!(short.is_none_or(|wait| long == Ok(wait)), "{case:?}");
                            taken += usize::from(short.is_some());
                        }
                    }
                }
            }
        }
        taken
    }
}
