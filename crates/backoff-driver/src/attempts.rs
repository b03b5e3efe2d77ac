//! The loop: one call, attempt by attempt.

mod after_attempt;
mod builders;
mod call_state;
mod cancel;
mod first_pause;
mod run;
mod settle;
mod stable;
mod timeout;
mod timer;

use core::fmt;
use core::time::Duration;

use backoff_core::{Budget, DeadlineRule, Policy, PolicyRef, Progress, RetryState, nanos};

use self::call_state::CallState;
use crate::handler::{Handle, Handler, Recording};
use crate::limits::TimedOut;
use crate::report::{Completion, Record, Report, Reporting};
use crate::runtime::{Clock, Runtime, Sleeper};

pub(crate) use settle::Next;
pub use timeout::{Limit, Timeout};
pub use timer::AttemptTimer;

/// One call under a policy: classifies each outcome, and says how long to wait or that it is final.
///
/// The `attempts` function of an adapter makes it, or [`new`](Self::new) for any runtime. The deadline counts from there.
///
/// | parameter | what it is |
/// |---|---|
/// | `P` | the [policy](PolicyRef), owned, borrowed or shared |
/// | `R` | the [runtime](Runtime): a clock, a timer and a generator |
/// | `H` | the [handler](Handler) of outcomes: classifier, observer, record, budget and limits |
///
/// # Examples
///
/// The loop, here on a virtual clock:
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::Attempts;
/// use backoff_driver::test_util::VirtualClock;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let clock = VirtualClock::new();
/// let mut failures = 2;
/// let mut connect = async || -> std::io::Result<&str> {
///     if failures == 0 {
///         return Ok("connected");
///     }
///     failures -= 1;
///     Err(std::io::ErrorKind::ConnectionReset.into())
/// };
///
/// let mut attempts = Attempts::new(&POLICY, clock.clone());
/// let outcome = clock.block_on(async {
///     loop {
///         let outcome = attempts.limit(connect()).await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         drop(outcome); // a failed response must not hold its connection during the wait
///         pause.await;
///     }
/// });
/// assert_eq!(outcome.unwrap(), "connected");
/// assert_eq!(attempts.report().attempts(), 3);
/// ```
#[must_use = "attempts do nothing unless outcomes are given to them"]
pub struct Attempts<P, R, H = Handler> {
    policy: P,
    state: CallState,
    runtime: R,
    handler: H,
}

impl<P: PolicyRef, R: Runtime> Attempts<P, R> {
    /// Begins a call: its first attempt counts as under way, and every `Err` as transient.
    pub fn new(policy: P, runtime: R) -> Self {
        let state = CallState::begin(&runtime);
        Self {
            policy,
            state,
            runtime,
            handler: Handler::new(Report::new()),
        }
    }
}

impl<P, R, H> Attempts<P, R, H> {
    /// A call that has not begun: no clock is read yet.
    pub(crate) const fn idle(policy: P, runtime: R, handler: H) -> Self {
        Self {
            policy,
            state: CallState::IDLE,
            runtime,
            handler,
        }
    }

    /// Returns the current attempt; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.progress().attempt()
    }

    /// Returns all that is needed to [`resume`](Self::resume) the call later, except the elapsed time.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.state.progress()
    }

    pub(crate) fn map<G>(self, map: impl FnOnce(H) -> G) -> Attempts<P, R, G> {
        Attempts {
            policy: self.policy,
            state: self.state,
            runtime: self.runtime,
            handler: map(self.handler),
        }
    }
}

impl<P: PolicyRef, R: Clock, H> Attempts<P, R, H> {
    /// Returns the time since the first attempt began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        nanos::to_duration(self.elapsed_nanos())
    }

    /// Returns what is left until the deadline, zero once it has passed; `None` without a deadline.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.retry_state().remaining(self.elapsed())
    }

    /// Returns how long an attempt may take that starts now: the policy's timeout or what is left until the deadline,
    /// whichever is shorter; see [`RetryState::attempt_timeout`].
    ///
    /// `None` if the policy sets neither. Zero if the deadline has passed, perhaps because a wait ended late: then do not
    /// start the attempt. A socket takes a timeout of zero for an error or for no limit.
    #[must_use]
    pub fn attempt_timeout(&self) -> Option<Duration> {
        self.retry_state().attempt_timeout(self.elapsed())
    }

    #[inline]
    pub(crate) fn now(&self) -> Duration {
        self.runtime.now()
    }

    #[inline]
    fn elapsed_nanos(&self) -> u64 {
        self.state.elapsed(self.runtime.now())
    }

    #[inline]
    fn retry_state(&self) -> RetryState<&Policy<P::Schedule>> {
        self.policy.policy().resume(self.progress())
    }

    /// Whether no attempt may start any more, because `elapsed`, in nanoseconds, is past the deadline.
    #[inline]
    fn is_late(&self, elapsed: u64) -> bool {
        let policy = self.policy.policy();
        elapsed > policy.deadline_nanos()
            && policy.deadline_rule() != DeadlineRule::ClampToRemaining
    }

    /// Whether the deadline has passed, so that no attempt may start any more.
    #[inline]
    pub(crate) fn is_late_now(&self) -> bool {
        self.policy.policy().deadline_nanos() != u64::MAX && self.is_late(self.elapsed_nanos())
    }

    /// Whether the policy sets a limit that an attempt can reach.
    #[inline]
    fn has_limits(&self) -> bool {
        let policy = self.policy.policy();
        policy.deadline_nanos() != u64::MAX || policy.timeout_per_attempt().is_some()
    }

    /// What interrupts an attempt now.
    pub(crate) fn cut(&self) -> TimedOut {
        let policy = self.policy.policy();
        let elapsed = self.elapsed();
        let clamps = policy.deadline_rule() == DeadlineRule::ClampToRemaining;
        match (policy.deadline(), policy.timeout_per_attempt()) {
            // The last attempt of a clamped call begins at the deadline, and only its own timeout interrupts it.
            (Some(deadline), Some(timeout))
                if clamps && elapsed >= deadline.saturating_add(timeout) =>
            {
                TimedOut::attempt(timeout)
            }
            (Some(deadline), _) if elapsed >= deadline => TimedOut::deadline(deadline),
            (_, Some(timeout)) => TimedOut::attempt(timeout),
            (deadline, None) => TimedOut::deadline(deadline.unwrap_or(elapsed)),
        }
    }
}

impl<P: PolicyRef, R: Sleeper, H> Attempts<P, R, H> {
    pub(crate) fn sleep(&self, duration: Duration) -> R::Sleep {
        self.runtime.sleep(duration)
    }

    /// The timer of an attempt that began at `began` since the start of the call, and goes on; `None` without limits.
    pub(crate) fn timer(&self, began: Duration) -> Option<R::Sleep> {
        let limit = self.retry_state().attempt_timeout(began)?;
        let spent = self.elapsed().saturating_sub(began);
        Some(self.runtime.sleep(limit.saturating_sub(spent)))
    }
}

/// What the future needs of a call.
impl<P: PolicyRef, R: Runtime, H> Attempts<P, R, H> {
    /// Notes that an attempt begins now.
    #[inline]
    pub(crate) fn note_start(&mut self)
    where
        H: Recording,
    {
        if H::Record::TIMES_ATTEMPTS {
            let now = nanos::from_duration(self.now());
            self.handler.record().attempt_began(now);
        }
    }

    /// Reads the clock from which the deadline counts, unless neither the policy nor the handler asks for the time.
    #[inline]
    pub(crate) fn begin<O>(&mut self)
    where
        H: Handle<O>,
    {
        let is_timed = <H as Handle<O>>::COUNTS_CALLS
            || <H as Handle<O>>::LISTENS
            || <H::Record as Record>::TIMES_CALLS;
        if !is_timed && !self.has_limits() {
            return;
        }
        self.state = CallState::begin(&self.runtime);
        if <H as Handle<O>>::COUNTS_CALLS || <H::Record as Record>::TIMES_ATTEMPTS {
            let started = self.state.started();
            self.handler.begin(nanos::to_duration(started));
            self.handler.record().attempt_began(started);
        }
    }

    /// Keeps the start of the call, from which the deadline counts, apart from that of its first attempt, which comes later.
    #[cfg(feature = "futures-0-3")]
    pub(crate) fn keep_start(&mut self) {
        self.state = self.state.resumed(self.progress(), Duration::ZERO);
    }

    /// Begins a call that was resumed.
    #[cold]
    pub(crate) fn begin_resumed<O>(&mut self)
    where
        H: Handle<O>,
    {
        let resumed = self.state;
        self.begin();
        self.state = resumed.moved_to(self.state.started());
    }

    /// Joins the history to the outcome.
    #[inline]
    pub(crate) fn close<O>(&mut self, outcome: O) -> <H::Record as Record>::Yield<O>
    where
        H: Handle<O>,
    {
        let (state, runtime) = (&self.state, &self.runtime);
        self.handler
            .record()
            .close(outcome, || state.elapsed(runtime.now()))
    }
}

impl<P: PolicyRef, R: Runtime, C, O, K: Reporting, B: Budget, T>
    Attempts<P, R, Handler<C, O, K, B, T>>
{
    /// Returns what happened so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report_at(self.elapsed())
    }

    /// Returns whether the deadline interrupted the last attempt of the call, which ended it.
    ///
    /// # Examples
    ///
    /// A loop that ends with the last outcome that an attempt produced:
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Sleeper};
    /// use core::time::Duration;
    /// use std::io;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_deadline(Duration::from_secs(10));
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let outcome: io::Result<()> = clock.block_on(async {
    ///     let mut last = None;
    ///     loop {
    ///         let attempt = async {
    ///             clock.sleep(Duration::from_secs(6)).await;
    ///             Err(io::ErrorKind::ConnectionReset.into())
    ///         };
    ///         let outcome = attempts.limit(attempt).await;
    ///         let Some(pause) = attempts.pause_after(&outcome) else {
    ///             break last.take_if(|_| attempts.is_interrupted()).unwrap_or(outcome);
    ///         };
    ///         pause.await;
    ///         last = Some(outcome);
    ///     }
    /// });
    /// assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::ConnectionReset); // not `TimedOut`
    /// ```
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.handler.record.report().completion() == Some(Completion::Interrupted)
    }

    pub(crate) fn report_at(&self, elapsed: Duration) -> Report {
        self.handler
            .record
            .report()
            .at(nanos::from_duration(elapsed))
    }
}

impl<P, R, H> fmt::Debug for Attempts<P, R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
