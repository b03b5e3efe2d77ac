//! The state machine: a failed attempt in, a decision out.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use crate::decision::{Decision, GiveUp};
use crate::failure::{Failure, FailureKind};
use crate::jitter::{Jitter, Span, least};
use crate::nanos;
use crate::policy::{DeadlineRule, Policy};
use crate::progress::Progress;
use crate::schedule::Schedule;

/// One call under a policy: decides after each failed attempt.
///
/// It holds a reference to the policy and a [`Progress`], and nothing else.
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
pub struct Retry<'p, S> {
    policy: &'p Policy<S>,
    progress: Progress,
}

impl<'p, S> Retry<'p, S> {
    pub(crate) const fn new(policy: &'p Policy<S>, progress: Progress) -> Self {
        Self { policy, progress }
    }

    /// The policy of this call.
    #[must_use]
    pub const fn policy(&self) -> &'p Policy<S> {
        self.policy
    }

    /// The attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.progress.attempt()
    }

    /// All that is needed to continue this call later; see [`Policy::resume`].
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// What is left until the deadline, zero once it has passed; `None` without a deadline.
    #[must_use]
    pub const fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        limited(self.policy.remaining(nanos::from_duration(elapsed)))
    }

    /// How long an attempt may take that starts now: the policy's timeout or what is left until the deadline,
    /// whichever is shorter; `None` without either.
    ///
    /// Ask again before each attempt, after the wait. The last attempt under
    /// [`DeadlineRule::ClampToRemaining`] starts at the deadline and has the policy's timeout alone.
    #[must_use]
    pub const fn attempt_timeout(&self, elapsed: Duration) -> Option<Duration> {
        limited(self.policy.limit(nanos::from_duration(elapsed)))
    }
}

impl<S: Schedule> Retry<'_, S> {
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
    /// A hint is never undercut: the delay is the hint plus a share, drawn from the whole window, so that
    /// clients with the same hint do not return in step ([`Jitter::None`] adds nothing).
    #[inline]
    pub fn on_failure(&mut self, elapsed: Duration, failure: Failure, random: u32) -> Decision {
        match self.decide(nanos::from_duration(elapsed), failure, random) {
            Ok(after) => Decision::Retry {
                after: nanos::to_duration(after),
            },
            Err(reason) => Decision::GiveUp(reason),
        }
    }

    #[inline]
    fn decide(&mut self, elapsed: u64, failure: Failure, random: u32) -> Result<u64, GiveUp> {
        self.permits(failure)?;
        let (after, previous) = self.delay(failure, random)?;
        let after = self.until_deadline(elapsed, after)?;
        self.progress.previous = previous;
        self.progress.attempt = self.progress.attempt.saturating_add(1);
        if matches!(failure.kind(), FailureKind::Doubtful) {
            self.progress.doubtful = self.progress.doubtful.saturating_add(1);
        }
        Ok(after)
    }

    #[inline]
    fn permits(&self, failure: Failure) -> Result<(), GiveUp> {
        let policy = self.policy;
        if matches!(failure.kind(), FailureKind::Permanent) {
            return Err(GiveUp::Permanent);
        }
        if policy.max_attempts != 0 && self.attempt() >= policy.max_attempts {
            return Err(GiveUp::Attempts);
        }
        if matches!(failure.kind(), FailureKind::Doubtful)
            && self.progress.doubtful >= policy.doubtful_limit
        {
            return Err(GiveUp::Doubtful);
        }
        Ok(())
    }

    /// The wait, and the delay that decorrelated jitter is to remember.
    #[inline]
    fn delay(&self, failure: Failure, random: u32) -> Result<(u64, u64), GiveUp> {
        let policy = self.policy;
        let previous = self.progress.previous;
        let hint = policy.heed(failure)?;
        let (floor, jitter) = match policy.jitter {
            jitter if hint == 0 => (failure.floor(), jitter),
            Jitter::None => return Ok((hint, previous)),
            _ => (hint, Jitter::Full),
        };
        let decorrelated = matches!(jitter, Jitter::Decorrelated);
        let retry = if decorrelated {
            NonZeroU32::MIN
        } else {
            self.progress.attempt
        };
        let window = self.window(failure, retry);
        let span = Span {
            previous: if previous == 0 { window } else { previous },
            window,
            max: policy.max_delay,
        };
        let delay = jitter.delay(&span, random);
        let previous = if decorrelated { delay } else { previous };
        Ok((floor.saturating_add(delay), previous))
    }

    /// The window of a retry in the schedule that the failure asks for.
    #[inline]
    fn window(&self, failure: Failure, retry: NonZeroU32) -> u64 {
        let policy = self.policy;
        // Asked in each arm, so that the numbers of a constant policy are folded into the code.
        let window = match (failure.kind(), &policy.throttled) {
            (FailureKind::Throttled, Some(slower)) => slower.nanos(retry),
            _ => policy.schedule.nanos(retry),
        };
        least(window, policy.max_delay)
    }

    #[inline]
    fn until_deadline(&self, elapsed: u64, after: u64) -> Result<u64, GiveUp> {
        let remaining = self.policy.remaining(elapsed);
        if remaining != 0 && after <= remaining {
            return Ok(after);
        }
        match self.policy.deadline_rule {
            DeadlineRule::ClampToRemaining if remaining != 0 => Ok(remaining),
            _ => Err(GiveUp::Deadline),
        }
    }
}

const fn limited(nanos: u64) -> Option<Duration> {
    match nanos {
        u64::MAX => None,
        nanos => Some(nanos::to_duration(nanos)),
    }
}

impl<S> Clone for Retry<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Retry<'_, S> {}

impl<S> fmt::Debug for Retry<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

/// The delays of a call whose every attempt fails at once. Made by [`Policy::delays`].
#[derive(Clone)]
pub struct Delays<'p, S, F> {
    retry: Retry<'p, S>,
    elapsed: Duration,
    random: F,
}

impl<'p, S, F> Delays<'p, S, F> {
    pub(crate) const fn new(retry: Retry<'p, S>, random: F) -> Self {
        Self {
            retry,
            elapsed: Duration::ZERO,
            random,
        }
    }
}

impl<S: Schedule, F: FnMut() -> u32> Iterator for Delays<'_, S, F> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let random = (self.random)();
        match self
            .retry
            .on_failure(self.elapsed, Failure::transient(), random)
        {
            Decision::Retry { after } => {
                self.elapsed = self.elapsed.saturating_add(after);
                Some(after)
            }
            Decision::GiveUp(_) => None,
        }
    }
}

impl<S, F> fmt::Debug for Delays<'_, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delays")
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
