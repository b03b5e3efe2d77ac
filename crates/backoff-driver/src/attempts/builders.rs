//! What a call is told before its first attempt.

use core::time::Duration;

use backoff_core::{Budget, PolicyRef, Progress, nanos};

use super::Attempts;
use crate::handler::Handler;
use crate::limits::{OnTimeout, TimedOut, Uninterrupted};
use crate::observe::Event;
use crate::report::{Record, Stable};
use crate::runtime::Runtime;

impl<P: PolicyRef, R: Runtime, C, O, K, B: Budget, T> Attempts<P, R, Handler<C, O, K, B, T>> {
    /// Classifies outcomes by `classifier`: a function over an error, or anything that is
    /// [`Classify`](backoff_core::Classify).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    ///
    /// fn is_reset(error: &&str) -> bool {
    ///     *error == "reset"
    /// }
    ///
    /// let script: Script<Result<(), _>> = Script::new([Err("reset"), Err("denied")]);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new()).when(is_reset);
    /// assert_eq!(attempts.call(|| script.play()), Err("denied"));
    /// ```
    pub fn when<D>(self, classifier: D) -> Attempts<P, R, Handler<D, O, K, B, T>> {
        self.map(|handler| handler.when(classifier))
    }

    /// Tells a closure of every retry and of the end.
    ///
    /// Observers add up: each of them is told of every event, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    ///
    /// let script = Script::fails(1, "reset").then(42);
    /// let mut lines = Vec::new();
    /// let outcome = Attempts::new(&Policy::DEFAULT, VirtualClock::new())
    ///     .on_event(|event| lines.push(event.to_string()))
    ///     .call(|| script.play());
    /// assert_eq!((outcome, lines.len()), (Ok(42), 2));
    /// ```
    pub fn on_event<M, Out: ?Sized>(
        self,
        observer: M,
    ) -> Attempts<P, R, Handler<C, (O, M), K, B, T>>
    where
        M: FnMut(&Event<'_, Out>),
    {
        self.map(|handler| handler.with_observer(observer))
    }

    /// Tells `observer`, anything that is [`Observe`](crate::Observe), of every retry and of the end.
    ///
    /// Observers add up: each of them is told of every event, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_driver::{Attempts, Counters};
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// let script = Script::fails(2, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new()).with_observer(&COUNTERS);
    /// assert_eq!(attempts.call(|| script.play()), Ok(42));
    /// assert_eq!((COUNTERS.retries(), COUNTERS.successes()), (2, 1));
    /// ```
    pub fn with_observer<M>(self, observer: M) -> Attempts<P, R, Handler<C, (O, M), K, B, T>> {
        self.map(|handler| handler.with_observer(observer))
    }

    /// Makes the outcome of an attempt that the policy's timeout or deadline interrupted.
    ///
    /// It is classified like any other, except at the deadline, which ends the call. Needed where the error is not made
    /// [from `TimedOut`](TimedOut).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3)).with_max_attempts(2);
    /// let mut attempts = Attempts::new(&policy, clock.clone()).on_timeout(|cut| Err(cut.to_string()));
    /// let outcome = clock.block_on(attempts.run(async || core::future::pending::<Result<(), String>>().await));
    /// assert_eq!(outcome, Err("timed out after 3s".to_owned()));
    /// ```
    pub fn on_timeout<Out, G>(self, outcome: G) -> Attempts<P, R, Handler<C, O, K, B, OnTimeout<G>>>
    where
        G: FnMut(TimedOut) -> Out,
    {
        self.map(|handler| handler.on_timeout(outcome))
    }

    /// Lets attempts run to their end: the policy's timeout and deadline interrupt none.
    ///
    /// The deadline still limits retries.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Sleeper};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_deadline(Duration::from_secs(1));
    /// let mut attempts = Attempts::new(&policy, clock.clone()).uninterrupted();
    /// let slow = async || -> Result<&str, ()> {
    ///     clock.sleep(Duration::from_secs(3600)).await;
    ///     Ok("done")
    /// };
    /// assert_eq!(clock.block_on(attempts.run(slow)), Ok("done"));
    /// ```
    pub fn uninterrupted(self) -> Attempts<P, R, Handler<C, O, K, B, Uninterrupted>> {
        self.map(Handler::uninterrupted)
    }

    /// Asks `budget`, usually a reference to one that other calls share, before each wait.
    ///
    /// If the budget refuses a retry, the call ends with [`GiveUp::Budget`](backoff_core::GiveUp::Budget). A pair of
    /// budgets must both allow it. This replaces an earlier budget. The call counts as beginning when it was made; one that
    /// was resumed, as beginning then too. A budget that does not count calls reads no clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::{GiveUp, Policy, TokenBudget};
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_driver::{Attempts, Completion};
    ///
    /// static BUDGET: TokenBudget = TokenBudget::new(10, 5);
    ///
    /// let script = Script::fails(9, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new()).with_budget(&BUDGET);
    /// assert_eq!(attempts.call(|| script.play()), Err("reset"));
    /// assert_eq!(script.plays(), 3);
    /// assert_eq!(attempts.report().completion(), Some(Completion::GaveUp(GiveUp::Budget)));
    /// ```
    pub fn with_budget<D: Budget>(self, budget: D) -> Attempts<P, R, Handler<C, O, K, D, T>> {
        let mut attempts = self.map(|handler| handler.with_budget(budget));
        if D::BEGINS {
            let began = if attempts.progress() == Progress::START {
                nanos::to_duration(attempts.state.started())
            } else {
                attempts.runtime.now()
            };
            attempts.handler.account.begin(began);
        }
        attempts
    }

    /// Begins a new call when an attempt failed that had lasted at least `duration`.
    ///
    /// For connections, which are attempts that last: attempts, the schedule, the deadline and the budget's view of the call
    /// start anew from that failure, which counts as the failure of attempt 1. An attempt that ends sooner is a failed
    /// attempt of the same call, however it ended, so that a server which accepts and closes is not hammered. A permanent
    /// failure still ends the call.
    ///
    /// An attempt counts as begun when [`limit`](Self::limit) or a closure form starts it, and otherwise at the planned end
    /// of the wait before it. The default deadline of 60 s ends calls too: connections usually want
    /// [`retry_forever`](backoff_core::Policy::retry_forever).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Sleeper};
    /// use core::time::Duration;
    ///
    /// static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(60)).retry_forever();
    ///
    /// # let clock = VirtualClock::new();
    /// # clock.block_on(async {
    /// let mut attempts = Attempts::new(&POLICY, clock.clone()).stable_after(Duration::from_secs(60));
    /// for hours in [0, 0, 0, 2] {
    ///     let connection = async { clock.sleep(Duration::from_secs(hours * 3600)).await; Err::<(), _>("closed") };
    ///     let outcome = connection.await;
    ///     let pause = attempts.pause_after(&outcome).expect("it retries for ever");
    ///     pause.await;
    /// }
    /// assert_eq!(attempts.attempt(), 2); // attempt 1 is the connection of two hours
    /// # });
    /// ```
    pub fn stable_after(self, duration: Duration) -> Attempts<P, R, Handler<C, O, Stable<K>, B, T>>
    where
        K: Record,
    {
        let mut attempts = self.map(|handler| handler.stable_after(duration));
        // A call that was resumed began earlier than its attempt.
        let began = if attempts.state.is_first() {
            attempts.state.started()
        } else {
            nanos::from_duration(attempts.runtime.now())
        };
        attempts.handler.record.attempt_began(began);
        attempts
    }

    /// Continues a call that was cut off, by a reboot for instance, instead of beginning one.
    ///
    /// `elapsed` is the time since the first attempt of that call began, even if that was before the origin of this clock;
    /// the deadline counts from then. 292 years is the longest.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::{Policy, Progress};
    /// use backoff_driver::Attempts;
    /// use core::time::Duration;
    ///
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
    /// let _delay = attempts.delay_after(&Err::<(), _>("no route"));
    /// let (saved, slept) = (attempts.progress().to_bytes(), Duration::from_secs(45));
    ///
    /// // After the reboot, whose clock begins anew:
    /// let progress = Progress::from_bytes(&saved)?;
    /// let attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new()).resume(progress, slept);
    /// assert_eq!((attempts.attempt(), attempts.remaining()), (2, Some(Duration::from_secs(15))));
    /// # Ok::<(), backoff_core::ProgressError>(())
    /// ```
    pub fn resume(mut self, progress: Progress, elapsed: Duration) -> Self
    where
        K: Record,
    {
        self.state = self.state.resumed(progress, elapsed);
        self.handler.record.end_first_delay();
        self
    }
}
