//! The loop as one future around a closure.

use core::fmt;
use core::future::Future;
use core::time::Duration;

use backoff_core::{Budget, Classify, EveryError, Policy, Progress, Unlimited};
use pin_project_lite::pin_project;

use crate::attempts::Attempts;
use crate::clock::Sleeper;
use crate::event::{Event, NoObserver, Observe};
use crate::report::Report;
use crate::timeout::TimedOut;
use crate::timing::{Timed, Timing, Untimed};

mod poll;

/// Retries an async operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// Adapters offer it with their own clock and generator. The deadline counts from the first poll. It cuts an attempt
/// off, as the policy's timeout of an attempt does, only with [`on_timeout`](RetryFuture::on_timeout).
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::retry;
/// use backoff_driver::test_util::{Script, VirtualClock};
/// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
/// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
///
/// let clock = VirtualClock::new();
/// let script = Script::fails(2, "reset").then(42);
/// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async());
/// assert_eq!(clock.block_on(call), Ok(42));
/// ```
pub const fn retry<S, Z, R, F, A>(
    policy: &Policy<S>,
    sleeper: Z,
    random: R,
    operation: F,
) -> RetryFuture<'_, S, Z, R, F, A>
where
    Z: Sleeper,
    F: FnMut() -> A,
    A: Future,
{
    RetryFuture {
        attempts: Attempts::idle(policy, sleeper, random, ()),
        operation,
        timing: Untimed,
        state: State::Idle,
    }
}

pin_project! {
    /// A call that is retried. Made by [`retry`]; awaiting it gives the last outcome, whatever it is.
    ///
    /// Attempts take as long as they take: the policy's [timeout](Policy::with_attempt_timeout) of an attempt, and its
    /// deadline during one, have no effect without [`on_timeout`](Self::on_timeout).
    ///
    /// Dropping it cancels the call: there is no task and no state outside of it. It is `Send` exactly when
    /// its parts are. Polled again after its end it stays pending.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct RetryFuture<
        'p, S, Z, R, F, A, C = EveryError, L = NoObserver, K = (), T = Untimed, B = Unlimited,
    >
    where
        Z: Sleeper,
        A: Future,
        T: Timing<A, Z>,
        B: Budget,
    {
        attempts: Attempts<'p, S, Z, R, C, L, K, B>,
        operation: F,
        timing: T,
        #[pin]
        state: State<T::Attempt, Z::Sleep>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<A, P> {
        Attempting { #[pin] attempt: A },
        Ended,
        Idle,
        Pausing { #[pin] pause: P },
        Resumed,
    }
}

impl<'p, S, Z, R, F, A, C, L, K, T, B> RetryFuture<'p, S, Z, R, F, A, C, L, K, T, B>
where
    Z: Sleeper,
    A: Future,
    T: Timing<A, Z>,
    B: Budget,
{
    /// Judges outcomes by `classifier`: a function over an error, or anything that is [`Classify`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{retry, test_util::{Script, VirtualClock}};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// fn is_reset(error: &&str) -> bool {
    ///     *error == "reset"
    /// }
    ///
    /// let script: Script<Result<(), _>> = Script::new([Err("reset"), Err("denied")]);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async()).when(is_reset);
    /// assert_eq!(clock.block_on(call), Err("denied"));
    /// ```
    pub fn when<D: Classify<A::Output>>(
        self,
        classifier: D,
    ) -> RetryFuture<'p, S, Z, R, F, A, D, L, K, T, B> {
        let Self {
            attempts,
            operation,
            timing,
            state,
        } = self;
        RetryFuture {
            attempts: attempts.when(classifier),
            operation,
            timing,
            state,
        }
    }

    /// Tells a closure of every retry and of the end.
    ///
    /// This replaces an earlier observer; for one that is not a closure, and for two, there is
    /// [`with_observer`](Self::with_observer).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{retry, test_util::{Script, VirtualClock}};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async())
    ///     .on_event(|event| println!("{event}"));
    /// # assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    pub fn on_event<M>(self, observer: M) -> RetryFuture<'p, S, Z, R, F, A, C, M, K, T, B>
    where
        M: FnMut(&Event<'_, A::Output>),
    {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end.
    ///
    /// This replaces an earlier observer; a pair of observers both hear.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_driver::{Counters, retry};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async()).with_observer(&COUNTERS);
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// assert_eq!((COUNTERS.retries(), COUNTERS.successes()), (2, 1));
    /// ```
    pub fn with_observer<M>(self, observer: M) -> RetryFuture<'p, S, Z, R, F, A, C, M, K, T, B>
    where
        M: Observe<A::Output>,
    {
        let Self {
            attempts,
            operation,
            timing,
            state,
        } = self;
        RetryFuture {
            attempts: attempts.with_observer(observer),
            operation,
            timing,
            state,
        }
    }

    /// Yields a [`Report`] beside the outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{retry, test_util::{Script, VirtualClock}};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async()).reported();
    /// let (outcome, report) = clock.block_on(call);
    /// assert_eq!((outcome, report.attempts()), (Ok(42), 3));
    /// ```
    pub fn reported(self) -> RetryFuture<'p, S, Z, R, F, A, C, L, Report, T, B> {
        let Self {
            attempts,
            operation,
            timing,
            state,
        } = self;
        RetryFuture {
            attempts: attempts.keeping(Report::default()),
            operation,
            timing,
            state,
        }
    }

    /// Cuts attempts off at the policy's [timeout](Policy::with_attempt_timeout) and at its deadline.
    ///
    /// Without this, an attempt takes as long as it takes. `outcome` makes up what an attempt that was cut off
    /// at its timeout came to, which is judged like any other. Where the deadline of the call passes during an
    /// attempt, the call ends at once, with the outcome of the last attempt that came to its end; `outcome`
    /// makes one up only if there was none. An outcome is therefore kept until the next one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::{retry, test_util::VirtualClock, Clock};
    /// # use core::{future::pending, time::Duration};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3)).with_max_attempts(2);
    /// let call = retry(&policy, clock.clone(), random, || pending::<Result<(), String>>())
    ///     .on_timeout(|cut| Err(cut.to_string()));
    /// assert_eq!(clock.block_on(call), Err("timed out after 3s".to_owned()));
    /// assert!(clock.now() >= Duration::from_secs(6));
    /// ```
    #[allow(clippy::type_complexity)] // written once, and nowhere by a user
    pub fn on_timeout<G>(
        self,
        outcome: G,
    ) -> RetryFuture<'p, S, Z, R, F, A, C, L, K, Timed<G, A::Output>, B>
    where
        G: FnMut(TimedOut) -> A::Output,
    {
        let Self {
            attempts,
            operation,
            state,
            ..
        } = self;
        let resumed = matches!(state, State::Resumed);
        RetryFuture {
            attempts,
            operation,
            timing: Timed::new(outcome),
            state: if resumed { State::Resumed } else { State::Idle },
        }
    }

    /// Asks `budget`, usually a reference to one that other calls share, before each wait; see
    /// [`Attempts::with_budget`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Policy, RatioBudget};
    /// # use backoff_driver::{retry, test_util::{Script, VirtualClock}};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// static BUDGET: RatioBudget = RatioBudget::new(1, 5);
    ///
    /// let script = Script::fails(2, "reset").then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async()).with_budget(&BUDGET);
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    #[allow(clippy::type_complexity)] // written once, and nowhere by a user
    pub fn with_budget<D: Budget>(
        self,
        budget: D,
    ) -> RetryFuture<'p, S, Z, R, F, A, C, L, K, T, D> {
        let Self {
            attempts,
            operation,
            timing,
            state,
        } = self;
        RetryFuture {
            attempts: attempts.charging(budget),
            operation,
            timing,
            state,
        }
    }

    /// Continues a call that was cut off; see [`Attempts::resume`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Failure, Policy};
    /// # use backoff_driver::{retry, test_util::{Script, VirtualClock}};
    /// # use core::time::Duration;
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
    /// # let clock = VirtualClock::new();
    /// # let mut before = Policy::DEFAULT.start();
    /// # let _ = before.on_failure(Duration::ZERO, Failure::transient(), 0);
    /// # let saved = before.progress();
    /// let script: Script<Result<(), _>> = Script::new([Err("reset")]);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), random, || script.play_async())
    ///     .resume(saved, Duration::from_secs(2)); // of a call that made one attempt
    /// assert_eq!(clock.block_on(call), Err("reset"));
    /// assert_eq!(script.plays(), 4);
    /// ```
    pub fn resume(self, progress: Progress, elapsed: Duration) -> Self {
        Self {
            attempts: self.attempts.resume(progress, elapsed),
            state: State::Resumed,
            ..self
        }
    }
}

impl<S, Z, R, F, A, C, L, K, T, B> fmt::Debug for RetryFuture<'_, S, Z, R, F, A, C, L, K, T, B>
where
    Z: Sleeper,
    A: Future,
    T: Timing<A, Z>,
    B: Budget,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
