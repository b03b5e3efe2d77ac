//! The loop as one future around a closure.

mod builders;
mod poll;

use core::fmt;
use core::future::Future;

use pin_project_lite::pin_project;

use crate::attempts::Attempts;
use crate::handler::{Handler, Plain};
use crate::limits::Timing;
use crate::runtime::Sleeper;

/// Retries an async operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// Adapters offer it with their own runtime. The deadline counts from the first poll. It interrupts attempts, as the
/// policy's timeout of an attempt does: the error is made from [`TimedOut`](crate::TimedOut), or the outcome by
/// [`on_timeout`](RetryFuture::on_timeout), or attempts are [`uninterrupted`](RetryFuture::uninterrupted).
///
/// # Examples
///
/// ```
/// # use backoff_driver::test_util::VirtualClock;
/// use backoff_core::Policy;
/// use std::io;
///
/// async fn connect() -> io::Result<&'static str> {
///     Ok("connected")
/// }
///
/// # let clock = VirtualClock::new();
/// # let runtime = clock.clone();
/// let call = backoff_driver::retry(&Policy::DEFAULT, runtime, connect);
/// assert_eq!(clock.block_on(call).unwrap(), "connected");
/// ```
pub const fn retry<P, R, F, A>(policy: P, runtime: R, operation: F) -> RetryFuture<P, R, F, A>
where
    R: Sleeper,
    F: FnMut() -> A,
    A: Future,
{
    RetryFuture {
        attempts: Attempts::idle(policy, runtime, Handler::new(())),
        operation,
        state: State::Idle,
    }
}

pin_project! {
    /// A call that is retried. Made by [`retry`]; awaiting it gives the last outcome, whatever it is.
    ///
    /// | parameter | what it is |
    /// |---|---|
    /// | `P` | the [policy](backoff_core::PolicyRef), owned, borrowed or shared |
    /// | `R` | the [runtime](Sleeper): a clock, a timer and a generator |
    /// | `F`, `A` | the operation, and the future of one attempt |
    /// | `H` | the [handler](Handler) of outcomes: classifier, observer, record, budget and limits |
    ///
    /// Dropping it cancels the call: it has no task and no state outside of it. It is `Send` exactly if its parts are.
    /// After its end it stays pending.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct RetryFuture<P, R, F, A, H = Plain>
    where
        R: Sleeper,
        A: Future,
        H: Timing,
    {
        attempts: Attempts<P, R, H>,
        operation: F,
        #[pin]
        state: State<A, H::Timer<R::Sleep>, H::Last<A::Output>, R::Sleep, A::Output>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<A, T, L, S, O> {
        Attempting {
            #[pin] attempt: A,
            #[pin] timer: Option<T>,
            last: Option<L>,
        },
        Ended,
        Idle,
        // The outcome is taken when the pause ends. Before the first attempt, no outcome exists.
        Pausing {
            #[pin] pause: S,
            outcome: Option<O>,
        },
        Resumed,
    }
}

impl<P, R: Sleeper, F, A: Future, H: Timing> fmt::Debug for RetryFuture<P, R, F, A, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
