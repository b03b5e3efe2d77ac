//! What a call is told before its first poll.

use core::future::Future;
use core::time::Duration;

use backoff_core::{Budget, Classify, PolicyRef, Progress};

use super::{RetryFuture, State};
use crate::handler::Handler;
use crate::limits::{OnTimeout, TimedOut, Timing, Uninterrupted};
use crate::observe::{Event, Observe};
use crate::report::{Record, Stable};
use crate::runtime::Sleeper;

impl<P, R, F, A, C, O, K, B, T> RetryFuture<P, R, F, A, Handler<C, O, K, B, T>>
where
    R: Sleeper,
    A: Future,
    B: Budget,
    T: Timing,
{
    /// Classifies outcomes by `classifier`: a function over an error, or anything that is [`Classify`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::retry;
    ///
    /// fn is_reset(error: &&str) -> bool {
    ///     *error == "reset"
    /// }
    ///
    /// # let clock = VirtualClock::new();
    /// let script: Script<Result<(), _>> = Script::new([Err("reset"), Err("denied")]);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .when(is_reset)
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Err("denied"));
    /// ```
    pub fn when<D>(self, classifier: D) -> RetryFuture<P, R, F, A, Handler<D, O, K, B, T>>
    where
        D: Classify<A::Output>,
    {
        self.map(|handler| handler.when(classifier))
    }

    /// Tells a closure of every retry and of the end.
    ///
    /// Observers add up: each of them is told of every event, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::retry;
    ///
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .on_event(|event| println!("{event}"))
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    pub fn on_event<M>(self, observer: M) -> RetryFuture<P, R, F, A, Handler<C, (O, M), K, B, T>>
    where
        M: FnMut(&Event<'_, A::Output>),
    {
        self.map(|handler| handler.with_observer(observer))
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end.
    ///
    /// Observers add up: each of them is told of every event, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::{Counters, retry};
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .with_observer(&COUNTERS)
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// assert_eq!((COUNTERS.retries(), COUNTERS.successes()), (2, 1));
    /// ```
    pub fn with_observer<M>(
        self,
        observer: M,
    ) -> RetryFuture<P, R, F, A, Handler<C, (O, M), K, B, T>>
    where
        M: Observe<A::Output>,
    {
        self.map(|handler| handler.with_observer(observer))
    }

    /// Yields a [`Report`](crate::Report) beside the outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::retry;
    ///
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .uninterrupted()
    ///     .reported();
    /// let (outcome, report) = clock.block_on(call);
    /// assert_eq!((outcome, report.attempts()), (Ok(42), 3));
    /// ```
    pub fn reported(self) -> RetryFuture<P, R, F, A, Handler<C, O, K::Reported, B, T>>
    where
        K: Record,
    {
        self.map(|handler| handler.with_record(K::reported))
    }

    /// Begins a new call when an attempt failed that had lasted at least `duration`; see
    /// [`Attempts::stable_after`](crate::Attempts::stable_after).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Sleeper, retry};
    /// use core::time::Duration;
    /// use std::cell::Cell;
    ///
    /// // Connections that last: 4 s, 4 s, two hours, 4 s, 4 s.
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_max_attempts(3).without_deadline();
    /// let connections = Cell::new(0);
    /// let serve = || {
    ///     connections.set(connections.get() + 1);
    ///     let seconds = if connections.get() == 3 { 7200 } else { 4 };
    ///     let served = clock.sleep(Duration::from_secs(seconds));
    ///     async { served.await; Err::<(), _>(std::io::Error::other("closed")) }
    /// };
    /// let call = retry(&policy, clock.clone(), serve).stable_after(Duration::from_secs(60));
    /// assert!(clock.block_on(call).is_err());
    /// assert_eq!(connections.get(), 5); // the third is the first attempt of a new call
    /// ```
    pub fn stable_after(
        self,
        duration: Duration,
    ) -> RetryFuture<P, R, F, A, Handler<C, O, Stable<K>, B, T>> {
        self.map(|handler| handler.stable_after(duration))
    }

    /// Makes the outcome of an attempt that the policy's timeout or deadline interrupted.
    ///
    /// It is classified like any other. Where the deadline of the call passes during an attempt, the call ends at once with
    /// the last outcome that an attempt produced; if there is none, one is made. An outcome is kept until the next one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Clock, retry};
    /// use core::{future::pending, time::Duration};
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3)).with_max_attempts(2);
    /// let call = retry(&policy, clock.clone(), || pending::<Result<(), String>>())
    ///     .on_timeout(|cut| Err(cut.to_string()));
    /// assert_eq!(clock.block_on(call), Err("timed out after 3s".to_owned()));
    /// assert!(clock.now() >= Duration::from_secs(6));
    /// ```
    pub fn on_timeout<G>(
        self,
        outcome: G,
    ) -> RetryFuture<P, R, F, A, Handler<C, O, K, B, OnTimeout<G>>>
    where
        G: FnMut(TimedOut) -> A::Output,
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
    /// use backoff_driver::{Sleeper, retry};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_deadline(Duration::from_secs(1));
    /// let hour = Duration::from_secs(3600);
    /// let call = retry(&policy, clock.clone(), || {
    ///     let slow = clock.sleep(hour);
    ///     async { slow.await; Ok::<_, ()>("done") }
    /// });
    /// assert_eq!(clock.block_on(call.uninterrupted()), Ok("done"));
    /// ```
    pub fn uninterrupted(self) -> RetryFuture<P, R, F, A, Handler<C, O, K, B, Uninterrupted>> {
        self.map(Handler::uninterrupted)
    }

    /// Asks `budget`, usually a reference to one that other calls share, before each wait; see
    /// [`Attempts::with_budget`](crate::Attempts::with_budget).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::{Policy, RatioBudget};
    /// use backoff_driver::retry;
    ///
    /// static BUDGET: RatioBudget = RatioBudget::new(1, 5);
    ///
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .with_budget(&BUDGET)
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    pub fn with_budget<D: Budget>(
        self,
        budget: D,
    ) -> RetryFuture<P, R, F, A, Handler<C, O, K, D, T>> {
        self.map(|handler| handler.with_budget(budget))
    }

    /// Continues a call that was cut off; see [`Attempts::resume`](crate::Attempts::resume).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::{Failure, Policy};
    /// use backoff_driver::retry;
    /// use core::time::Duration;
    ///
    /// let mut before = Policy::DEFAULT.start();
    /// let _ = before.on_failure(Duration::ZERO, Failure::transient(), 0);
    /// let saved = before.progress();
    ///
    /// # let clock = VirtualClock::new();
    /// let script: Script<Result<(), _>> = Script::new([Err("reset")]);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .resume(saved, Duration::from_secs(2)) // of a call that made one attempt
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Err("reset"));
    /// assert_eq!(script.plays(), 4);
    /// ```
    pub fn resume(self, progress: Progress, elapsed: Duration) -> Self
    where
        P: PolicyRef,
        K: Record,
    {
        Self {
            attempts: self.attempts.resume(progress, elapsed),
            operation: self.operation,
            state: State::Resumed,
        }
    }

    fn map<H: Timing>(
        self,
        map: impl FnOnce(Handler<C, O, K, B, T>) -> H,
    ) -> RetryFuture<P, R, F, A, H> {
        RetryFuture {
            attempts: self.attempts.map(map),
            operation: self.operation,
            state: match self.state {
                State::Resumed => State::Resumed,
                _ => State::Idle,
            },
        }
    }
}
