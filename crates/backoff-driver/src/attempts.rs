//! The loop: one call, attempt by attempt.

mod course;
mod decision;
mod settings;

use core::fmt;
use core::time::Duration;

use backoff_core::{
    Account, Budget, Classify, EveryError, Policy, Progress, RetryState, Schedule, Unlimited, nanos,
};
use rand_core::Rng;

use self::course::Course;
use crate::clock::{BlockingSleeper, Clock, Sleeper};
use crate::event::{NoObserver, Observe};
use crate::report::{Ledger, Report};
use crate::timeout::{Limit, Timeout};
use crate::timing::Timing;

/// One call under a policy: judges each outcome, and says how long to wait or that it is final.
///
/// Made by the `attempts` function of an adapter, or by [`new`](Self::new) of any clock and generator. The
/// deadline counts from there.
///
/// # Examples
///
/// The loop, here over a virtual clock:
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::Attempts;
/// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
/// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let clock = VirtualClock::new();
/// let script = Script::fails(2, "reset").then(42);
///
/// let outcome = clock.block_on(async {
///     let mut attempts = Attempts::new(&POLICY, clock.clone(), random);
///     loop {
///         let outcome = script.play_async().await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         drop(outcome); // a failed response must not hold its connection while we wait
///         pause.await;
///     }
/// });
/// assert_eq!(outcome, Ok(42));
/// assert_eq!(script.plays(), 3);
/// ```
pub struct Attempts<'p, S, Z, R, C = EveryError, L = NoObserver, K = Report, B = Unlimited>
where
    Z: Clock,
    B: Budget,
{
    policy: &'p Policy<S>,
    course: Course<Z::Moment>,
    sleeper: Z,
    random: R,
    classifier: C,
    observer: L,
    ledger: K,
    account: Account<B>,
}

impl<'p, S, Z: Clock, R> Attempts<'p, S, Z, R> {
    /// Begins a call: its first attempt counts as under way, and every `Err` as transient.
    ///
    /// `random` must be seeded freshly, and differently on every device: two calls that draw the same numbers
    /// retry in step.
    pub fn new(policy: &'p Policy<S>, sleeper: Z, random: R) -> Self {
        let mut attempts = Attempts::idle(policy, sleeper, random, Report::default());
        attempts.begin();
        attempts
    }
}

impl<'p, S, Z: Clock, R, K> Attempts<'p, S, Z, R, EveryError, NoObserver, K> {
    /// A call that has not begun: no clock is read yet.
    pub(crate) const fn idle(policy: &'p Policy<S>, sleeper: Z, random: R, ledger: K) -> Self {
        Self {
            policy,
            course: Course::IDLE,
            sleeper,
            random,
            classifier: EveryError,
            observer: NoObserver,
            ledger,
            account: Account::UNLIMITED,
        }
    }
}

impl<'p, S, Z: Clock, R, C, L, K, B: Budget> Attempts<'p, S, Z, R, C, L, K, B> {
    /// The attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.progress().attempt()
    }

    /// All that is needed to [`resume`](Self::resume) the call later, the elapsed time apart.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.course.progress()
    }

    #[inline]
    const fn retry(&self) -> RetryState<&'p Policy<S>> {
        self.policy.resume(self.progress())
    }
}

impl<S, Z: Clock, R, C, L, K, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// The time since the first attempt began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        nanos::to_duration(self.course.elapsed(&self.sleeper, self.sleeper.now()))
    }
}

impl<S: Schedule, Z: Clock, R, C, L, K, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// What is left until the deadline; `None` without one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.retry().remaining(self.elapsed())
    }

    /// How long an attempt may take that starts now; see [`RetryState::attempt_timeout`].
    ///
    /// `None` where the policy sets neither a timeout nor a deadline. Zero where the deadline has passed, as it may have
    /// after a wait that ended late: such an attempt is not worth its start, and a socket takes a timeout of zero for a
    /// mistake of its caller or for none at all.
    #[must_use]
    pub fn attempt_timeout(&self) -> Option<Duration> {
        self.retry().attempt_timeout(self.elapsed())
    }

    /// How long an attempt may take that starts now, and what ends it.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let elapsed = self.elapsed();
        let after = self.retry().attempt_timeout(elapsed)?;
        Some(Limit {
            after,
            deadline: self.retry().remaining(elapsed) == Some(after),
        })
    }
}

impl<S, Z: Clock, R, C, L, K, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    #[inline]
    pub(crate) fn now(&self) -> Duration {
        self.sleeper.now()
    }

    /// Reads the clock from which the deadline counts.
    #[inline]
    pub(crate) fn begin(&mut self) {
        let moment = self.sleeper.read();
        self.course = Course::First(moment);
        if B::BEGINS {
            self.account.begin(self.sleeper.since_origin(moment));
        }
    }

    /// The same for a call that was resumed before it began.
    #[cold]
    pub(crate) fn begin_resumed(&mut self) {
        let resumed = self.course;
        self.begin();
        self.course = resumed.after(self.course.started(&self.sleeper));
    }
}

impl<S, Z: Clock, R, C, L, B: Budget> Attempts<'_, S, Z, R, C, L, Report, B> {
    /// What happened so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report_at(self.elapsed())
    }

    pub(crate) fn report_at(&self, elapsed: Duration) -> Report {
        self.ledger.close((), || elapsed).1
    }
}

impl<S: Schedule, Z: Sleeper, R, C, L, K, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// Runs one attempt no longer than its [timeout](Self::attempt_timeout), counted from now.
    ///
    /// The attempt is dropped when its time is over. Without a timeout and a deadline it runs on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::VirtualClock, Attempts};
    /// # use core::time::Duration;
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3));
    /// let clock = VirtualClock::new();
    /// let attempts = Attempts::new(&policy, clock.clone(), random);
    /// let error = clock.block_on(attempts.timeout(core::future::pending::<()>())).unwrap_err();
    /// assert_eq!(error.to_string(), "timed out after 3s");
    /// ```
    pub fn timeout<F: Future>(&self, attempt: F) -> Timeout<F, Z::Sleep> {
        Timeout::new(attempt, &self.sleeper, self.limit())
    }
}

impl<S: Schedule, Z: Sleeper, R, C, L, K, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    pub(crate) fn sleep(&self, duration: Duration) -> Z::Sleep {
        self.sleeper.sleep(duration)
    }

    /// Starts an attempt of an operation, within its limits.
    pub(crate) fn start<F, A, T>(&self, timing: &T, operation: &mut F) -> T::Attempt
    where
        F: FnMut() -> A,
        A: Future,
        T: Timing<A, Z>,
    {
        timing.start(operation(), &self.sleeper, || self.limit())
    }
}

impl<S: Schedule, Z: Clock, R: Rng, C, L, K: Ledger, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// The same as [`delay_after`](Self::delay_after), as a future to await: `None` where the outcome is final, and
    /// always once the call has ended.
    #[inline]
    pub fn pause_after<O: ?Sized>(&mut self, outcome: &O) -> Option<Z::Sleep>
    where
        Z: Sleeper,
        C: Classify<O>,
        L: Observe<O>,
    {
        let delay = self.delay_after(outcome)?;
        Some(self.sleeper.sleep(delay))
    }

    /// Runs the loop over an async closure, which may borrow: `&mut` captures are lent to each attempt.
    ///
    /// Await it where it is made; to spawn it, write the loop or use [`retry`](crate::retry).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::VirtualClock, Attempts};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// let clock = VirtualClock::new();
    /// let mut calls = 0;
    /// let outcome = clock.block_on(Attempts::new(&Policy::DEFAULT, clock.clone(), random).run(async || {
    ///     calls += 1;
    ///     if calls < 3 { Err("reset") } else { Ok(calls) }
    /// }));
    /// assert_eq!(outcome, Ok(3));
    /// ```
    pub async fn run<O>(&mut self, mut operation: impl AsyncFnMut() -> O) -> O
    where
        Z: Sleeper,
        C: Classify<O>,
        L: Observe<O>,
    {
        loop {
            let outcome = operation().await;
            let Some(pause) = self.pause_after(&outcome) else {
                return outcome;
            };
            drop(outcome);
            pause.await;
        }
    }

    /// Runs the loop on this thread, which is blocked between attempts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// let script = Script::fails(2, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random);
    /// assert_eq!(attempts.call(|| script.play()), Ok(42));
    /// ```
    pub fn call<O>(&mut self, mut operation: impl FnMut() -> O) -> O
    where
        Z: BlockingSleeper,
        C: Classify<O>,
        L: Observe<O>,
    {
        loop {
            let outcome = operation();
            let Some(delay) = self.delay_after(&outcome) else {
                return outcome;
            };
            drop(outcome);
            self.sleeper.block(delay);
        }
    }
}

impl<S, Z: Clock, R, C, L, K: Ledger, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// Joins the history to the outcome.
    pub(crate) fn close<O>(&self, outcome: O) -> K::Yield<O> {
        self.ledger.close(outcome, || self.elapsed())
    }
}

impl<S, Z: Clock, R, C, L, K, B: Budget> fmt::Debug for Attempts<'_, S, Z, R, C, L, K, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
