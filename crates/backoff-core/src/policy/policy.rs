//! The settings of a policy.

use core::time::Duration;

use super::defaults::{DEADLINE, DOUBTFUL_LIMIT, MAX_ATTEMPTS, MAX_HINT};
use super::rule::{DeadlineRule, HintRule};
use crate::jitter::{Jitter, Spread};
use crate::nanos::{self, least};
use crate::schedule::Exponential;

/// What may be retried, how often and for how long.
///
/// A plain value with `const` constructors: write a policy once, as a `static`, and use it from every call, task
/// and thread. No function here fails. A setting that makes no sense is normalised, and its documentation says how.
///
/// | setting | default | |
/// |---|---|---|
/// | [attempts](Self::with_max_attempts) | 5, the first included | [no limit](Self::without_attempt_limit) |
/// | [deadline](Self::with_deadline) | 60 s; a wait that would pass it is not begun ([rule](Self::with_deadline_rule)) | [no deadline](Self::without_deadline) |
/// | [jitter](Self::with_jitter) | full | |
/// | [maximum delay](Self::with_max_delay) | the constructor's, or none | |
/// | [timeout of an attempt](Self::with_attempt_timeout) | none | |
/// | [retries of doubtful failures](Self::with_doubtful_limit) | 2 | |
/// | [longest hint](Self::with_max_hint) | 120 s; a longer one ends the call ([rule](Self::with_hint_rule)) | |
/// | [schedule after throttled failures](Self::with_throttled_schedule) | the common schedule | |
/// | [wait before the first attempt](Self::with_first_delay) | none | |
///
/// Each setting has a getter. [`Display`](core::fmt::Display) shows all of them in one line. Durations are kept in
/// nanoseconds; 584 years and more count as endless.
///
/// # Examples
///
/// ```
/// use backoff_core::{Jitter, Policy};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
///     .with_jitter(Jitter::Equal)
///     .with_max_attempts(8)
///     .with_deadline(Duration::from_secs(120));
///
/// assert_eq!(POLICY.max_attempts(), Some(8));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Policy<S = Exponential> {
    pub(crate) schedule: S,
    pub(crate) throttled: Option<S>,
    pub(crate) jitter: Spread,
    /// `u64::MAX`: none.
    pub(crate) max_delay: u64,
    /// `u64::MAX`: none.
    pub(crate) deadline: u64,
    pub(crate) deadline_rule: DeadlineRule,
    /// `u64::MAX`: none.
    pub(crate) attempt_timeout: u64,
    pub(super) max_hint: u64,
    pub(super) hint_rule: HintRule,
    /// One less than the largest number of attempts; `u32::MAX`: unlimited.
    pub(crate) max_retries: u32,
    pub(crate) doubtful_limit: u32,
    /// The longest wait before the first attempt.
    pub(super) first_delay: u64,
}

impl<S> Policy<S> {
    /// Makes a policy of any schedule, without a maximum delay and otherwise with the defaults.
    #[must_use]
    pub const fn new(schedule: S) -> Self {
        Self {
            schedule,
            throttled: None,
            jitter: Spread::FULL,
            max_delay: u64::MAX,
            deadline: DEADLINE,
            deadline_rule: DeadlineRule::GiveUp,
            attempt_timeout: u64::MAX,
            max_hint: MAX_HINT,
            hint_rule: HintRule::GiveUp,
            max_retries: MAX_ATTEMPTS - 1,
            doubtful_limit: DOUBTFUL_LIMIT,
            first_delay: 0,
        }
    }

    /// Sets how delays are drawn from their windows.
    #[must_use]
    pub const fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = Spread::new(jitter);
        self
    }

    /// Sets the maximum of windows and of jittered delays.
    ///
    /// Two waits may be longer: those after a failure with its own [minimum](crate::Failure::with_min_delay), and
    /// those after a server's hint, which has [its own maximum](Self::with_max_hint).
    #[must_use]
    pub const fn with_max_delay(mut self, max: Duration) -> Self {
        self.max_delay = nanos::from_duration(max);
        self
    }

    /// Sets how many attempts a call makes at most, the first included. 0 counts as 1: no retry.
    #[must_use]
    pub const fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_retries = attempts.saturating_sub(1);
        self
    }

    /// Lifts the limit on attempts and the deadline.
    ///
    /// Such a call ends with a success, a permanent failure, a doubtful failure that was retried
    /// [often enough](Self::with_doubtful_limit), a hint that is [too long](Self::with_max_hint), or an empty
    /// budget. To lift one of the limits only, use [`without_attempt_limit`](Self::without_attempt_limit) or
    /// [`without_deadline`](Self::without_deadline).
    #[must_use]
    pub const fn retry_forever(self) -> Self {
        self.without_attempt_limit().without_deadline()
    }

    /// Lifts the limit on attempts. The deadline stays.
    #[must_use]
    pub const fn without_attempt_limit(mut self) -> Self {
        self.max_retries = u32::MAX;
        self
    }

    /// Sets how long a call may take from the start of its first attempt, attempts and waits together.
    ///
    /// The core decides whether a wait may begin. Adapters interrupt an attempt that is still running at the
    /// deadline. With a deadline of zero only the first attempt is made.
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

    /// Shortens the deadline to the time that an outer call has left. `None` changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use core::time::Duration;
    /// let outer = Policy::DEFAULT.start();
    /// let elapsed = Duration::from_secs(50);
    /// let inner = Policy::DEFAULT.within(outer.remaining(elapsed));
    /// assert_eq!(inner.deadline(), Some(Duration::from_secs(10)));
    /// ```
    #[must_use]
    pub const fn within(mut self, remaining: Option<Duration>) -> Self {
        if let Some(remaining) = remaining {
            self.deadline = least(self.deadline, nanos::from_duration(remaining));
        }
        self
    }

    /// Sets what happens to a wait that would pass the deadline.
    #[must_use]
    pub const fn with_deadline_rule(mut self, rule: DeadlineRule) -> Self {
        self.deadline_rule = rule;
        self
    }

    /// Sets how long one attempt may take. It never takes longer than the time until the deadline.
    ///
    /// The core computes this limit ([`RetryState::attempt_timeout`](crate::RetryState::attempt_timeout)), and the
    /// code that runs the attempt enforces it. Adapters do.
    #[must_use]
    pub const fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = nanos::from_duration(timeout);
        self
    }

    /// Sets how many [doubtful](crate::FailureKind::Doubtful) failures of one call are retried; 0 retries none.
    #[must_use]
    pub const fn with_doubtful_limit(mut self, retries: u32) -> Self {
        self.doubtful_limit = retries;
        self
    }

    /// Sets the longest server hint that is obeyed. With [`Duration::MAX`] every hint is.
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
}

impl<S: Copy> Policy<S> {
    /// Replaces the schedule and keeps everything else, the maximum delay included.
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

    /// Sets a schedule for [throttled](crate::FailureKind::Throttled) failures, usually a slower one.
    ///
    /// Retries are counted together: the third retry of a call takes the third window of the schedule that its
    /// failure asks for. The maximum delay applies to both schedules; raise it if the slower windows are longer.
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
