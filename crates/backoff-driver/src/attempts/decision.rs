//! What follows an attempt.

use core::time::Duration;

use backoff_core::{Budget, CallEnd, Classify, Failure, GiveUp, PlannedRetry, Schedule, nanos};
use rand_core::Rng;

use super::Attempts;
use super::course::{Course, since};
use crate::clock::Clock;
use crate::event::{Event, Observe};
use crate::report::{Completion, Ledger};

impl<S: Schedule, Z: Clock, R: Rng, C, L, K: Ledger, B: Budget> Attempts<'_, S, Z, R, C, L, K, B> {
    /// How long to wait after this outcome, before the next attempt; `None` where the outcome is final.
    ///
    /// A final outcome ends the call. After its end, outcomes are not judged, told of or charged to a budget: every one
    /// is final, and the report stays as it was. Each call has an `Attempts` of its own.
    #[inline]
    pub fn delay_after<O: ?Sized>(&mut self, outcome: &O) -> Option<Duration>
    where
        C: Classify<O>,
        L: Observe<O>,
    {
        self.delay_after_drawing(outcome, &mut None)
    }

    /// The same with a random number that calls share; the first that needs one draws it.
    #[inline]
    pub(crate) fn delay_after_drawing<O: ?Sized>(
        &mut self,
        outcome: &O,
        random: &mut Option<u32>,
    ) -> Option<Duration>
    where
        C: Classify<O>,
        L: Observe<O>,
    {
        if self.ledger.has_ended() {
            return None;
        }
        match self.classifier.classify(outcome) {
            None => {
                self.accept(outcome);
                None
            }
            Some(failure) => self.delay_after_failure(outcome, failure, random),
        }
    }

    #[inline]
    fn accept<O: ?Sized>(&mut self, outcome: &O)
    where
        L: Observe<O>,
    {
        let attempt = self.attempt();
        self.ledger.ended(attempt, None, Completion::Accepted);
        self.account.end(CallEnd::Succeeded);
        if L::LISTENS {
            let elapsed = if L::TIMES_SUCCESS {
                self.elapsed()
            } else {
                Duration::ZERO
            };
            self.observer.observe(&Event::Succeeded {
                attempt,
                elapsed,
                outcome,
            });
        }
    }

    #[inline]
    fn delay_after_failure<O: ?Sized>(
        &mut self,
        outcome: &O,
        failure: Failure,
        random: &mut Option<u32>,
    ) -> Option<Duration>
    where
        L: Observe<O>,
    {
        let (attempt, now) = (self.attempt(), self.sleeper.now());
        let started = self.course.started(&self.sleeper);
        let elapsed = since(started, now);
        let random = *random.get_or_insert_with(|| self.random.next_u32());
        match self.decide(now, started, failure, random) {
            Ok(delay) => {
                self.ledger.retried(attempt, failure, delay);
                if L::LISTENS {
                    self.observer.observe(&Event::Retrying {
                        attempt,
                        elapsed: nanos::to_duration(elapsed),
                        failure,
                        delay,
                        origin: self.policy.delay_origin(failure, delay),
                        outcome,
                    });
                }
                Some(delay)
            }
            Err(reason) => {
                let elapsed = nanos::to_duration(elapsed);
                self.give_up(attempt, elapsed, failure, reason, outcome);
                None
            }
        }
    }

    /// Asks the policy, and then the budget, which is charged before the wait.
    #[inline]
    fn decide(
        &mut self,
        now: Duration,
        started: u64,
        failure: Failure,
        random: u32,
    ) -> Result<Duration, GiveUp> {
        let mut retry = self.retry();
        let delay = retry.on_failure_nanos(since(started, now), failure, random)?;
        let delay = nanos::to_duration(delay);
        if !self
            .account
            .withdraw(&PlannedRetry::new(now, failure, delay))
        {
            return Err(GiveUp::Budget);
        }
        self.course = Course::Later {
            progress: retry.progress(),
            started,
        };
        Ok(delay)
    }

    #[inline]
    fn give_up<O: ?Sized>(
        &mut self,
        attempt: u32,
        elapsed: Duration,
        failure: Failure,
        reason: GiveUp,
        outcome: &O,
    ) where
        L: Observe<O>,
    {
        self.ledger
            .ended(attempt, Some(failure), Completion::GaveUp(reason));
        self.account.end(CallEnd::GaveUp(reason));
        self.observer.observe(&Event::GaveUp {
            attempt,
            elapsed,
            failure,
            reason,
            outcome,
        });
    }

    /// Asks the budget again, after the wait, whether the next attempt should still be made; `false` ends the call, and
    /// is what one that has ended gets.
    ///
    /// For a loop that keeps the outcome of the failed attempt while it waits. It makes a difference where a
    /// budget follows the load ([`ThrottleBudget`](backoff_core::ThrottleBudget),
    /// [`ConcurrencyBudget`](backoff_core::ConcurrencyBudget)): the service may have gone down during the wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Policy, ThrottleBudget};
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts, Sleeper};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// # let script = Script::fails(1, "reset").then(42);
    /// static BUDGET: ThrottleBudget = ThrottleBudget::new(10, 100);
    ///
    /// # let outcome = clock.block_on(async {
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, clock.clone(), random).with_budget(&BUDGET);
    /// loop {
    ///     let outcome = script.play_async().await;
    ///     let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
    ///     pause.await;
    ///     if !attempts.recheck(&outcome) {
    ///         break outcome;
    ///     }
    /// }
    /// # });
    /// # assert_eq!(outcome, Ok(42));
    /// ```
    pub fn recheck<O: ?Sized>(&mut self, outcome: &O) -> bool
    where
        C: Classify<O>,
        L: Observe<O>,
    {
        if self.ledger.has_ended() {
            return false;
        }
        if self.account.recheck() {
            return true;
        }
        if let Some(failure) = self.classifier.classify(outcome) {
            let (attempt, elapsed) = (self.attempt().saturating_sub(1), self.elapsed());
            self.give_up(attempt, elapsed, failure, GiveUp::Budget, outcome);
        }
        false
    }

    /// Ends a call whose attempt the deadline cut off: for a loop that runs its attempts by
    /// [`timeout`](Self::timeout), or by a limit of its own, and returns what came before.
    ///
    /// `outcome` is what the call ends with. It is not judged. Nothing happens to a call that has ended already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{test_util::VirtualClock, Attempts, Completion};
    /// # use core::time::Duration;
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// let policy = Policy::DEFAULT.with_deadline(Duration::from_secs(3));
    /// let clock = VirtualClock::new();
    /// let mut attempts = Attempts::new(&policy, clock.clone(), random);
    /// let cut = clock.block_on(attempts.timeout(core::future::pending::<()>())).unwrap_err();
    /// assert!(cut.is_deadline());
    /// attempts.interrupt(&cut);
    /// assert_eq!(attempts.report().completion(), Some(Completion::Interrupted));
    /// ```
    pub fn interrupt<O: ?Sized>(&mut self, outcome: &O)
    where
        L: Observe<O>,
    {
        if self.ledger.has_ended() {
            return;
        }
        let (attempt, elapsed) = (self.attempt(), self.elapsed());
        self.ledger.ended(attempt, None, Completion::Interrupted);
        self.account.end(CallEnd::GaveUp(GiveUp::Deadline));
        self.observer.observe(&Event::Interrupted {
            attempt,
            elapsed,
            outcome,
        });
    }
}
