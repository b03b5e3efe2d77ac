//! What may be retried, how often and for how long.

use core::time::Duration;

use crate::decision::GiveUp;
use crate::delays::Delays;
use crate::failure::Failure;
use crate::jitter::{Jitter, least};
use crate::nanos;
use crate::progress::Progress;
use crate::retry_state::RetryState;
use crate::schedule::Exponential;

mod constructors;
mod delay_origin;
mod display;
mod getters;
mod policy_ref;
mod rule;

pub use delay_origin::DelayOrigin;
pub use policy_ref::PolicyRef;
pub use rule::{DeadlineRule, HintRule};

/// What may be retried, how often and for how long.
///
/// A plain value, made by `const` functions: write it once as a `static`, and use it from every call, task and
/// thread. Nothing here fails; a setting that makes no sense is normalised, and its function says to what.
///
/// | setting | default |
/// |---|---|
/// | [jitter](Self::with_jitter) | full |
/// | [attempts](Self::with_max_attempts) | 5 |
/// | [deadline](Self::with_deadline) | 60 s, and a wait that would pass it gives up at once |
/// | [maximum delay](Self::with_max_delay) | as given to the constructor, else none |
/// | [timeout of an attempt](Self::with_attempt_timeout) | none |
/// | [retries of doubtful failures](Self::with_doubtful_limit) | 2 |
/// | [longest hint](Self::with_max_hint) | 120 s, and a longer one gives up |
/// | [schedule for throttled failures](Self::with_throttled_schedule) | the same as for others |
///
/// Durations are kept in nanoseconds; 584 years and more count as endless.
///
/// # Examples
///
/// ```
/// use backoff_core::{Jitter, Policy};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
///     .with_jitter(Jitter::Full)
///     .with_max_attempts(5)
///     .with_deadline(Duration::from_secs(60));
/// # let _ = &POLICY;
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Policy<S = Exponential> {
    pub(crate) schedule: S,
    pub(crate) throttled: Option<S>,
    pub(crate) jitter: Jitter,
    pub(crate) max_delay: u64,
    /// `u64::MAX`: none.
    pub(crate) deadline: u64,
    pub(crate) deadline_rule: DeadlineRule,
    /// `u64::MAX`: none.
    pub(crate) attempt_timeout: u64,
    max_hint: u64,
    hint_rule: HintRule,
    /// Zero: unlimited.
    pub(crate) max_attempts: u32,
    pub(crate) doubtful_limit: u32,
}

/// The longest hint that is obeyed by default: 120 s, the limit of urllib3 and of a patient caller.
const MAX_HINT: u64 = nanos::from_duration(Duration::from_secs(120));

/// How often a failure that may be permanent is retried by default.
const DOUBTFUL_LIMIT: u32 = 2;

impl<S> Policy<S> {
    /// Makes a policy of any schedule, without a maximum delay and otherwise with the defaults.
    #[must_use]
    pub const fn new(schedule: S) -> Self {
        Self {
            schedule,
            throttled: None,
            jitter: Jitter::Full,
            max_delay: u64::MAX,
            deadline: nanos::from_duration(Duration::from_secs(60)),
            deadline_rule: DeadlineRule::GiveUp,
            attempt_timeout: u64::MAX,
            max_hint: MAX_HINT,
            hint_rule: HintRule::GiveUp,
            max_attempts: 5,
            doubtful_limit: DOUBTFUL_LIMIT,
        }
    }

    /// Sets how delays are drawn from their windows.
    #[must_use]
    pub const fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Sets the maximum that no window and no jittered delay exceeds; hints have [their own](Self::with_max_hint).
    #[must_use]
    pub const fn with_max_delay(mut self, max: Duration) -> Self {
        self.max_delay = nanos::from_duration(max);
        self
    }

    /// Sets how many attempts are made at most, the first included; 0 counts as 1, which never retries.
    #[must_use]
    pub const fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Lifts the limit on attempts and the deadline: only a permanent failure ends such a call, a hint that is too
    /// long, or a budget.
    #[must_use]
    pub const fn retry_forever(self) -> Self {
        self.without_attempt_limit().without_deadline()
    }

    /// Lifts the limit on attempts. The deadline stays.
    #[must_use]
    pub const fn without_attempt_limit(mut self) -> Self {
        self.max_attempts = 0;
        self
    }

    /// Sets how long a call may go on, from the start of its first attempt, attempts and waits together.
    ///
    /// The core decides by it whether another wait may begin. An attempt under way is cut off by whoever runs it: by
    /// the adapters where they are told how (`on_timeout`), by the HTTP clients always.
    ///
    /// With a deadline of zero only the first attempt is made.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = nanos::from_duration(deadline);
        self
    }

    /// Lifts the deadline. The limit on attempts stays.
    #[must_use]
    pub const fn without_deadline(mut self) -> Self {
        self.deadline = u64::MAX;
        self
    }

    /// Cuts the deadline to what is left of an outer call's; `None` leaves it as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use core::time::Duration;
    /// let outer = Policy::DEFAULT.start();
    /// let elapsed = Duration::from_secs(50);
    /// let inner = Policy::DEFAULT.within(outer.remaining(elapsed));
    /// assert_eq!(inner.start().remaining(Duration::ZERO), Some(Duration::from_secs(10)));
    /// ```
    #[must_use]
    pub const fn within(mut self, remaining: Option<Duration>) -> Self {
        if let Some(remaining) = remaining {
            self.deadline = least(self.deadline, nanos::from_duration(remaining));
        }
        self
    }

    /// Sets what happens where a wait would pass the deadline.
    #[must_use]
    pub const fn with_deadline_rule(mut self, rule: DeadlineRule) -> Self {
        self.deadline_rule = rule;
        self
    }

    /// Sets how long one attempt may take; what is left until the deadline cuts it further.
    ///
    /// The core reports it ([`RetryState::attempt_timeout`]); whoever runs the attempt enforces it. With the `retry` of the
    /// adapters it has no effect without `on_timeout`.
    #[must_use]
    pub const fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = nanos::from_duration(timeout);
        self
    }

    /// Sets how many failures of the kind [`Doubtful`](crate::FailureKind::Doubtful) one call retries; 0
    /// retries none.
    #[must_use]
    pub const fn with_doubtful_limit(mut self, retries: u32) -> Self {
        self.doubtful_limit = retries;
        self
    }

    /// Sets the longest server hint that is obeyed.
    #[must_use]
    pub const fn with_max_hint(mut self, max: Duration) -> Self {
        self.max_hint = nanos::from_duration(max);
        self
    }

    /// Sets what happens to a longer hint.
    #[must_use]
    pub const fn with_hint_rule(mut self, rule: HintRule) -> Self {
        self.hint_rule = rule;
        self
    }

    /// Starts a call: the first attempt is under way.
    #[must_use]
    pub const fn start(&self) -> RetryState<&Self> {
        RetryState::new(self)
    }

    /// Continues a call exactly where it was when its [`progress`](RetryState::progress) was taken.
    ///
    /// The time since the first attempt began, and what was left of a wait, are the caller's to save beside it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Failure, Policy, Progress};
    /// # use core::time::Duration;
    /// let mut retry = Policy::DEFAULT.start();
    /// retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// let saved: [u8; Progress::BYTES] = retry.progress().to_bytes(); // into memory that a reset leaves alone
    ///
    /// let progress = Progress::from_bytes(&saved).unwrap_or(Progress::START);
    /// assert_eq!(Policy::DEFAULT.resume(progress).attempt(), 2);
    /// ```
    #[must_use]
    pub const fn resume(&self, progress: Progress) -> RetryState<&Self> {
        RetryState::resume(self, progress)
    }

    /// The delays of a call whose every attempt fails at once, as an iterator.
    ///
    /// For documentation, tests, and engines that take an iterator of delays. The limits on attempts and the
    /// deadline apply.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Jitter, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::DEFAULT.with_jitter(Jitter::None);
    /// let delays: Vec<_> = policy.delays(|| 0).collect();
    /// assert_eq!(delays, [100, 200, 400, 800].map(Duration::from_millis));
    /// ```
    pub const fn delays<F: FnMut() -> u32>(&self, random: F) -> Delays<&Self, F> {
        Delays::new(self.start(), random)
    }

    /// Where a wait comes from that was decided after this failure.
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
    /// assert_eq!(decision, Decision::Retry { after: seconds(40) }); // until the deadline, after 60 s
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

    /// How much of a hint is obeyed, in nanoseconds: zero leaves the schedule in charge.
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

    /// Until the deadline, in nanoseconds; `u64::MAX` where there is none.
    #[inline]
    pub(crate) const fn remaining(&self, elapsed: u64) -> u64 {
        match self.deadline {
            u64::MAX => u64::MAX,
            deadline => deadline.saturating_sub(elapsed),
        }
    }

    /// How long an attempt may take that starts now, in nanoseconds; `u64::MAX` where nothing limits it.
    pub(crate) const fn limit(&self, elapsed: u64) -> u64 {
        match (self.deadline_rule, self.remaining(elapsed)) {
            (DeadlineRule::ClampToRemaining, 0) => self.attempt_timeout,
            (_, remaining) => least(self.attempt_timeout, remaining),
        }
    }
}

impl<S: Copy> Policy<S> {
    /// Replaces the schedule, and keeps everything else, the maximum delay included.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Exponential, Jitter, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::DEFAULT.with_jitter(Jitter::None);
    /// let slower = policy.with_schedule(Exponential::new(Duration::from_secs(15)));
    /// let delays: Vec<_> = slower.delays(|| 0).collect();
    /// assert_eq!(delays, [15, 20, 20].map(Duration::from_secs));
    /// ```
    #[must_use]
    pub const fn with_schedule(mut self, schedule: S) -> Self {
        self.schedule = schedule;
        self
    }

    /// Sets a schedule of their own for [`Throttled`](crate::FailureKind::Throttled) failures, usually a
    /// slower one.
    ///
    /// Retries are counted together: the third retry of a call takes the third window of the schedule that
    /// its failure asks for. The maximum delay applies to both: raise it where the slower windows are longer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Decision, Exponential, Failure, Jitter, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(20))
    ///     .with_throttled_schedule(Exponential::new(Duration::from_secs(1)))
    ///     .with_jitter(Jitter::None);
    /// let busy = policy.start().on_failure(Duration::ZERO, Failure::throttled(), 0);
    /// assert_eq!(busy, Decision::Retry { after: Duration::from_secs(1) });
    /// ```
    #[must_use]
    pub const fn with_throttled_schedule(mut self, schedule: S) -> Self {
        self.throttled = Some(schedule);
        self
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
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
        for (policy, failure, wait, cause) in cases {
            assert_eq!(policy.delay_origin(failure, s(wait)), cause, "{failure:?}");
        }
    }

    #[test]
    fn no_attempt_is_one() {
        for (attempts, retries) in [(0, 0), (1, 0), (2, 1), (9, 8)] {
            let policy = Policy::DEFAULT.with_max_attempts(attempts);
            let delays = policy.delays(|| 0).take(99);
            assert_eq!(delays.count(), retries, "{attempts}");
        }
    }
}
