//! The loop: one call, attempt by attempt.

use core::fmt;
use core::time::Duration;

use backoff_core::{
    Classify, Decision, EveryError, Failure, Policy, Progress, Retry, Schedule, nanos,
};
use rand_core::Rng;

use crate::clock::{BlockingSleeper, Clock, Sleeper};
use crate::event::{Event, Observe, Silent};
use crate::report::{Ending, Ledger, Report};
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
pub struct Attempts<'p, S, Z, R, C = EveryError, L = Silent, K = Report> {
    retry: Retry<'p, S>,
    /// When the first attempt began, in nanoseconds of the sleeper's clock; wraps where that was before the
    /// clock's origin.
    started: u64,
    sleeper: Z,
    random: R,
    classifier: C,
    observer: L,
    ledger: K,
}

/// The longest elapsed time in nanoseconds, 292 years: half of the range tells it from a clock that went back.
const LONGEST: u64 = u64::MAX / 2;

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

impl<'p, S, Z, R, K> Attempts<'p, S, Z, R, EveryError, Silent, K> {
    /// A call that has not begun: no clock is read yet.
    pub(crate) const fn idle(policy: &'p Policy<S>, sleeper: Z, random: R, ledger: K) -> Self {
        Self {
            retry: policy.start(),
            started: 0,
            sleeper,
            random,
            classifier: EveryError,
            observer: Silent,
            ledger,
        }
    }
}

impl<'p, S, Z, R, C, L, K> Attempts<'p, S, Z, R, C, L, K> {
    /// Judges outcomes by `classifier`: a function over an error, or anything that is [`Classify`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// fn is_reset(error: &&str) -> bool {
    ///     *error == "reset"
    /// }
    ///
    /// let script: Script<Result<(), _>> = Script::new([Err("reset"), Err("denied")]);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random).when(is_reset);
    /// assert_eq!(attempts.call(|| script.play()), Err("denied"));
    /// ```
    #[must_use]
    pub fn when<D>(self, classifier: D) -> Attempts<'p, S, Z, R, D, L, K> {
        let Self {
            retry,
            started,
            sleeper,
            random,
            observer,
            ledger,
            ..
        } = self;
        Attempts {
            retry,
            started,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
        }
    }

    /// Tells `observer`, a closure or anything that is [`Observe`], of every retry and of the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts, Event};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// let script = Script::fails(1, "reset").then(42);
    /// let mut lines = Vec::new();
    /// let outcome = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random)
    ///     .on_event(|event: &Event<'_, Result<u32, &str>>| lines.push(event.to_string()))
    ///     .call(|| script.play());
    /// assert_eq!(lines.len(), 2);
    /// # assert_eq!(outcome, Ok(42));
    /// ```
    #[must_use]
    pub fn on_event<M>(self, observer: M) -> Attempts<'p, S, Z, R, C, M, K> {
        let Self {
            retry,
            started,
            sleeper,
            random,
            classifier,
            ledger,
            ..
        } = self;
        Attempts {
            retry,
            started,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
        }
    }

    /// Continues a call that was cut off, by a reboot for instance, instead of beginning one.
    ///
    /// `elapsed` is the time since the first attempt of that call began, also where this clock started later;
    /// the deadline counts from then. 292 years and more count as 292 years.
    #[must_use]
    pub fn resume(mut self, progress: Progress, elapsed: Duration) -> Self {
        let elapsed = nanos::from_duration(elapsed).min(LONGEST);
        self.started = self.started.wrapping_sub(elapsed);
        self.retry = self.retry.policy().resume(progress);
        self
    }

    /// Keeps the history of the call instead of `ledger`.
    pub(crate) fn keeping<J>(self, ledger: J) -> Attempts<'p, S, Z, R, C, L, J> {
        let Self {
            retry,
            started,
            sleeper,
            random,
            classifier,
            observer,
            ..
        } = self;
        Attempts {
            retry,
            started,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
        }
    }

    /// The attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.retry.attempt()
    }

    /// All that is needed to [`resume`](Self::resume) the call later, the elapsed time apart.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.retry.progress()
    }
}

impl<S, Z: Clock, R, C, L, K> Attempts<'_, S, Z, R, C, L, K> {
    /// The time since the first attempt began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        let now = nanos::from_duration(self.sleeper.now());
        match now.wrapping_sub(self.started) {
            elapsed @ ..=LONGEST => nanos::to_duration(elapsed),
            _ => Duration::ZERO, // a clock that went back
        }
    }

    /// What is left until the deadline; `None` without one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.retry.remaining(self.elapsed())
    }

    /// How long an attempt may take that starts now; see [`Retry::attempt_timeout`].
    #[must_use]
    pub fn attempt_timeout(&self) -> Option<Duration> {
        self.retry.attempt_timeout(self.elapsed())
    }

    /// How long an attempt may take that starts now, and what ends it.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let elapsed = self.elapsed();
        let after = self.retry.attempt_timeout(elapsed)?;
        Some(Limit {
            after,
            deadline: self.retry.remaining(elapsed) == Some(after),
        })
    }

    /// Reads the clock from which the deadline counts.
    #[inline]
    pub(crate) fn begin(&mut self) {
        let now = nanos::from_duration(self.sleeper.now());
        self.started = self.started.wrapping_add(now);
    }
}

impl<S, Z: Clock, R, C, L> Attempts<'_, S, Z, R, C, L> {
    /// What happened so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.close(()).1
    }
}

impl<S, Z: Sleeper, R, C, L, K> Attempts<'_, S, Z, R, C, L, K> {
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

impl<S, Z: Sleeper, R, C, L, K> Attempts<'_, S, Z, R, C, L, K> {
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

impl<S: Schedule, Z: Clock, R: Rng, C, L, K: Ledger> Attempts<'_, S, Z, R, C, L, K> {
    /// How long to wait after this outcome, before the next attempt; `None` where the outcome is final.
    #[inline]
    pub fn delay_after<O: ?Sized>(&mut self, outcome: &O) -> Option<Duration>
    where
        C: Classify<O>,
        L: Observe<O>,
    {
        match self.classifier.classify(outcome) {
            None => {
                self.accept(outcome);
                None
            }
            Some(failure) => self.delay_after_failure(outcome, failure),
        }
    }

    #[inline]
    fn accept<O: ?Sized>(&mut self, outcome: &O)
    where
        L: Observe<O>,
    {
        let attempt = self.retry.attempt();
        self.ledger.ended(attempt, None, Ending::Accepted);
        if L::LISTENS {
            let elapsed = self.elapsed();
            self.observer.observe(&Event::Succeeded {
                attempt,
                elapsed,
                outcome,
            });
        }
    }

    #[inline]
    fn delay_after_failure<O: ?Sized>(&mut self, outcome: &O, failure: Failure) -> Option<Duration>
    where
        L: Observe<O>,
    {
        let (attempt, elapsed) = (self.retry.attempt(), self.elapsed());
        match self
            .retry
            .on_failure(elapsed, failure, self.random.next_u32())
        {
            Decision::Retry { after: delay } => {
                self.ledger.retried(attempt, failure, delay);
                if L::LISTENS {
                    let cause = self.retry.policy().cause(failure);
                    self.observer.observe(&Event::Retrying {
                        attempt,
                        elapsed,
                        failure,
                        delay,
                        cause,
                        outcome,
                    });
                }
                Some(delay)
            }
            Decision::GiveUp(reason) => {
                self.ledger
                    .ended(attempt, Some(failure), Ending::GaveUp(reason));
                self.observer.observe(&Event::GaveUp {
                    attempt,
                    elapsed,
                    failure,
                    reason,
                    outcome,
                });
                None
            }
        }
    }

    /// Ends a call whose attempt the deadline cut off.
    pub(crate) fn cut_off<O: ?Sized>(&mut self, outcome: &O)
    where
        L: Observe<O>,
    {
        let (attempt, elapsed) = (self.retry.attempt(), self.elapsed());
        self.ledger.ended(attempt, None, Ending::CutOff);
        self.observer.observe(&Event::CutOff {
            attempt,
            elapsed,
            outcome,
        });
    }

    /// The same as [`delay_after`](Self::delay_after), as a future to await.
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

impl<S, Z: Clock, R, C, L, K: Ledger> Attempts<'_, S, Z, R, C, L, K> {
    /// Joins the history to the outcome.
    pub(crate) fn close<O>(&self, outcome: O) -> K::Yield<O> {
        self.ledger.close(outcome, || self.elapsed())
    }
}

impl<S, Z, R, C, L, K> fmt::Debug for Attempts<'_, S, Z, R, C, L, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
