//! What a call is told before its first attempt.

use core::time::Duration;

use backoff_core::{Account, Budget, Progress};

use super::Attempts;
use crate::clock::Clock;

impl<'p, S, Z: Clock, R, C, L, K, B: Budget> Attempts<'p, S, Z, R, C, L, K, B> {
    /// Judges outcomes by `classifier`: a function over an error, or anything that is
    /// [`Classify`](backoff_core::Classify).
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
    pub fn when<D>(self, classifier: D) -> Attempts<'p, S, Z, R, D, L, K, B> {
        let Self {
            policy,
            course,
            sleeper,
            random,
            observer,
            ledger,
            account,
            ..
        } = self;
        Attempts {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
            account,
        }
    }

    /// Tells `observer` of every retry and of the end.
    ///
    /// This replaces an earlier observer; a pair of observers both hear.
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
    pub fn on_event<M>(self, observer: M) -> Attempts<'p, S, Z, R, C, M, K, B> {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`](crate::Observe), of every retry and of the end.
    ///
    /// The same as [`on_event`](Self::on_event), which reads better with a closure.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_driver::{Attempts, Counters};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// let script = Script::fails(2, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random).with_observer(&COUNTERS);
    /// assert_eq!(attempts.call(|| script.play()), Ok(42));
    /// assert_eq!((COUNTERS.retries(), COUNTERS.successes()), (2, 1));
    /// ```
    #[must_use]
    pub fn with_observer<M>(self, observer: M) -> Attempts<'p, S, Z, R, C, M, K, B> {
        let Self {
            policy,
            course,
            sleeper,
            random,
            classifier,
            ledger,
            account,
            ..
        } = self;
        Attempts {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
            account,
        }
    }

    /// Continues a call that was cut off, by a reboot for instance, instead of beginning one.
    ///
    /// `elapsed` is the time since the first attempt of that call began, also where this clock started later;
    /// the deadline counts from then. 292 years and more count as 292 years.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::VirtualClock, Attempts};
    /// # use core::time::Duration;
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = || Xoshiro128PlusPlus::seed_from_u64(1);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random());
    /// let _delay = attempts.delay_after(&Err::<(), _>("no route"));
    /// let (saved, slept) = (attempts.progress().to_bytes(), Duration::from_secs(45));
    ///
    /// // After the reboot, whose clock begins anew:
    /// # use backoff_core::Progress;
    /// let progress = Progress::from_bytes(&saved)?;
    /// let attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random()).resume(progress, slept);
    /// assert_eq!((attempts.attempt(), attempts.remaining()), (2, Some(Duration::from_secs(15))));
    /// # Ok::<(), backoff_core::ProgressError>(())
    /// ```
    #[must_use]
    pub fn resume(mut self, progress: Progress, elapsed: Duration) -> Self {
        self.course = self.course.resumed(&self.sleeper, progress, elapsed);
        self
    }

    /// Keeps the history of the call instead of `ledger`.
    pub(crate) fn keeping<J>(self, ledger: J) -> Attempts<'p, S, Z, R, C, L, J, B> {
        let Self {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            account,
            ..
        } = self;
        Attempts {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
            account,
        }
    }

    /// Asks `budget` where a call is begun later.
    pub(crate) fn charging<D: Budget>(self, budget: D) -> Attempts<'p, S, Z, R, C, L, K, D> {
        let Self {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
            ..
        } = self;
        Attempts {
            policy,
            course,
            sleeper,
            random,
            classifier,
            observer,
            ledger,
            account: Account::new(budget),
        }
    }
}

impl<'p, S, Z: Clock, R, C, L, K, B: Budget> Attempts<'p, S, Z, R, C, L, K, B> {
    /// Asks `budget`, usually a reference to one that other calls share, before each wait.
    ///
    /// A call whose budget refuses a retry ends with [`GiveUp::Budget`](backoff_core::GiveUp::Budget). A pair of
    /// budgets must both allow it. This replaces an earlier budget, and counts the call as beginning when it was
    /// made; one that was resumed, as beginning now. No clock is read for a budget that does not ask when calls begin.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::{GiveUp, Policy, TokenBudget};
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_driver::{Attempts, Completion};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    ///
    /// static BUDGET: TokenBudget = TokenBudget::new(10, 5);
    ///
    /// let script = Script::fails(9, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random).with_budget(&BUDGET);
    /// assert_eq!(attempts.call(|| script.play()), Err("reset"));
    /// assert_eq!(script.plays(), 3);
    /// assert_eq!(attempts.report().completion(), Some(Completion::GaveUp(GiveUp::Budget)));
    /// ```
    #[must_use]
    pub fn with_budget<D: Budget>(self, budget: D) -> Attempts<'p, S, Z, R, C, L, K, D> {
        let mut attempts = self.charging(budget);
        if D::BEGINS {
            let began = attempts
                .course
                .begun()
                .unwrap_or_else(|| attempts.sleeper.read());
            let began = attempts.sleeper.since_origin(began);
            attempts.account.begin(began);
        }
        attempts
    }
}
