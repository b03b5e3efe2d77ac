//! What follows an attempt.

use core::time::Duration;

use backoff_core::{CallEnd, Failure, GiveUp, PlannedRetry, PolicyRef, nanos};

use super::Attempts;
use super::call_state::{CallState, since};
use crate::handler::Handle;
use crate::observe::Event;
use crate::report::{Completion, Record};
use crate::runtime::{Runtime, Sleeper};

impl<P: PolicyRef, R: Runtime, H> Attempts<P, R, H> {
    /// Decides how long to wait after this outcome, before the next attempt; `None` if the outcome is final.
    ///
    /// A final outcome ends the call. After its end, outcomes are not classified, told of or charged to a budget: every one
    /// is final, and the report stays as it was. Each call has an `Attempts` of its own.
    #[inline]
    pub fn delay_after<O: ?Sized>(&mut self, outcome: &O) -> Option<Duration>
    where
        H: Handle<O>,
    {
        self.delay_after_drawing(outcome, &mut None)
    }

    /// Decides as [`delay_after`](Self::delay_after) does, and returns the wait as a future.
    #[inline]
    pub fn pause_after<O: ?Sized>(&mut self, outcome: &O) -> Option<R::Sleep>
    where
        R: Sleeper,
        H: Handle<O>,
    {
        let delay = self.delay_after(outcome)?;
        Some(self.runtime.sleep(delay))
    }

    /// Decides with a random number that several calls share; the first that needs one draws it.
    #[inline]
    pub(crate) fn delay_after_drawing<O: ?Sized>(
        &mut self,
        outcome: &O,
        random: &mut Option<u32>,
    ) -> Option<Duration>
    where
        H: Handle<O>,
    {
        if self.handler.record().has_ended() {
            return None;
        }
        match self.handler.classify(outcome) {
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
        H: Handle<O>,
    {
        let attempt = self.attempt();
        let (state, runtime) = (&self.state, &self.runtime);
        let elapsed = || state.elapsed(runtime.now());
        self.handler
            .record()
            .ended(attempt, None, Completion::Accepted, elapsed);
        self.handler.end(CallEnd::Succeeded);
        if H::LISTENS {
            let elapsed = if H::TIMES_SUCCESS {
                self.elapsed()
            } else {
                Duration::ZERO
            };
            self.handler.observe(&Event::Succeeded {
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
        H: Handle<O>,
    {
        let now = self.runtime.now();
        self.renew_if_stable(outcome, failure, now);
        let (progress, started) = (self.state.progress(), self.state.started());
        let (attempt, elapsed) = (progress.attempt(), since(started, now));
        let random = *random.get_or_insert_with(|| self.runtime.random());
        let mut state = self.policy.policy().resume(progress);
        let decided = state.on_failure_nanos(elapsed, failure, random);
        let progress = state.progress();
        // The budget is charged before the wait.
        let granted = decided.and_then(|delay| {
            let retry = PlannedRetry::new(now, failure, nanos::to_duration(delay));
            let granted = self.handler.withdraw(&retry);
            granted.then_some(delay).ok_or(GiveUp::Budget)
        });
        match granted {
            Ok(delay) => {
                self.state = CallState::Later { progress, started };
                self.begin_pause(attempt, elapsed, now, failure, delay, outcome);
                Some(nanos::to_duration(delay))
            }
            Err(reason) => {
                let elapsed = nanos::to_duration(elapsed);
                self.give_up(attempt, elapsed, failure, reason, outcome);
                None
            }
        }
    }

    #[inline]
    fn begin_pause<O: ?Sized>(
        &mut self,
        attempt: u32,
        elapsed: u64,
        now: Duration,
        failure: Failure,
        delay: u64,
        outcome: &O,
    ) where
        H: Handle<O>,
    {
        let record = self.handler.record();
        record.retrying(attempt, elapsed, failure, delay);
        if <H::Record as Record>::TIMES_ATTEMPTS {
            record.attempt_began(nanos::from_duration(now).saturating_add(delay));
        }
        if H::LISTENS {
            let delay = nanos::to_duration(delay);
            let origin = self.policy.policy().delay_origin(failure, delay);
            self.handler.observe(&Event::Retrying {
                attempt,
                elapsed: nanos::to_duration(elapsed),
                failure,
                delay,
                origin,
                outcome,
            });
        }
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
        H: Handle<O>,
    {
        let completion = Completion::GaveUp(reason);
        self.handler
            .record()
            .ended(attempt, Some(failure), completion, || {
                nanos::from_duration(elapsed)
            });
        self.handler.end(CallEnd::GaveUp(reason));
        self.handler.observe(&Event::GaveUp {
            attempt,
            elapsed,
            failure,
            reason,
            outcome,
        });
    }

    /// Decides after a wait whether the next attempt may start. `false` ends the call.
    ///
    /// It may not if the deadline passed during the wait, because a timer was late or the machine was suspended, or if the
    /// budget no longer allows it: one that follows the load ([`ThrottleBudget`](backoff_core::ThrottleBudget),
    /// [`ConcurrencyBudget`](backoff_core::ConcurrencyBudget)) may have changed its answer. The closure forms ask by
    /// themselves. In a loop, [`limit`](Self::limit) asks for the deadline; this is for one that keeps the outcome of the
    /// failed attempt during the wait, and so can return it. After the end of a call it returns `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::{Policy, ThrottleBudget};
    /// use backoff_driver::Attempts;
    ///
    /// static BUDGET: ThrottleBudget = ThrottleBudget::new(10, 100);
    ///
    /// # let clock = VirtualClock::new();
    /// # let script = Script::fails(1, "reset").then(42);
    /// # let outcome = clock.block_on(async {
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, clock.clone()).with_budget(&BUDGET);
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
        H: Handle<O>,
    {
        self.start_of_next(outcome).is_some()
    }

    /// The nanoseconds from the start of the call to the next attempt, which starts now; zero for a policy without
    /// limits. `None` if it may not start, which ends the call.
    #[inline]
    pub(crate) fn start_of_next<O: ?Sized>(&mut self, outcome: &O) -> Option<u64>
    where
        H: Handle<O>,
    {
        if self.handler.record().has_ended() {
            return None;
        }
        let times = <H::Record as Record>::TIMES_ATTEMPTS || self.has_limits();
        let elapsed = if times { self.elapsed_nanos() } else { 0 };
        if self.is_late(elapsed) {
            self.refuse(GiveUp::Deadline, outcome);
            return None;
        }
        if !self.handler.recheck() {
            self.refuse(GiveUp::Budget, outcome);
            return None;
        }
        if <H::Record as Record>::TIMES_ATTEMPTS {
            let began = self.state.started().wrapping_add(elapsed);
            self.handler.record().attempt_began(began);
        }
        Some(elapsed)
    }

    /// Ends the call after a wait.
    #[inline]
    fn refuse<O: ?Sized>(&mut self, reason: GiveUp, outcome: &O)
    where
        H: Handle<O>,
    {
        let failure = self.handler.classify(outcome);
        let failure = failure.unwrap_or(Failure::transient());
        let (attempt, elapsed) = (self.attempt().saturating_sub(1), self.elapsed());
        self.give_up(attempt, elapsed, failure, reason, outcome);
    }

    /// Ends a call whose attempt the deadline interrupted: for a loop that runs its attempts by
    /// [`timeout`](Self::timeout), or by a limit of its own.
    ///
    /// `outcome` is what the call ends with, usually the last outcome before. It is not classified. Nothing happens to a
    /// call that has already ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Completion};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_deadline(Duration::from_secs(3));
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let attempt = core::future::pending::<Result<(), &str>>();
    /// let cut = clock.block_on(attempts.timeout(attempt)).unwrap_err();
    /// assert!(cut.is_deadline());
    /// attempts.interrupt(&Err::<(), _>("too late"));
    /// assert_eq!(attempts.report().completion(), Some(Completion::Interrupted));
    /// ```
    pub fn interrupt<O: ?Sized>(&mut self, outcome: &O)
    where
        H: Handle<O>,
    {
        if self.handler.record().has_ended() {
            return;
        }
        let (attempt, elapsed) = (self.attempt(), self.elapsed());
        self.handler
            .record()
            .ended(attempt, None, Completion::Interrupted, || {
                nanos::from_duration(elapsed)
            });
        self.handler.end(CallEnd::GaveUp(GiveUp::Deadline));
        self.handler.observe(&Event::Interrupted {
            attempt,
            elapsed,
            outcome,
        });
    }
}
