#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_io::Timer;
#[doc(no_inline)]
pub use backoff_core::*;
#[cfg(feature = "log-0-4")]
#[doc(no_inline)]
pub use backoff_driver::Log;
use backoff_driver::Monotonic;
#[cfg(feature = "tracing-0-1")]
#[doc(no_inline)]
pub use backoff_driver::Tracing;
#[doc(no_inline)]
pub use backoff_driver::{
    Attempts, Batch, Clock, Completion, Counters, Event, Observe, Pacing, Report, RetryFuture,
    Round, Sleeper, Slot, ThreadRandom, TimedOut, Timeout,
};
#[cfg(feature = "heapless-0-9")]
#[doc(no_inline)]
pub use backoff_driver::{BudgetTable, FailedAttempt, History, KeyedBudget, Lock};
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_async_std as retry;

/// The monotonic clock of the operating system, and the timer that async-std's own `sleep` is made of.
///
/// Waits that are longer than the range of the clock never end.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct AsyncStd;

impl Clock for AsyncStd {
    type Moment = Instant;

    #[inline]
    fn read(&self) -> Instant {
        Monotonic.read()
    }

    #[inline]
    fn since_origin(&self, moment: Instant) -> Duration {
        Monotonic.since_origin(moment)
    }
}

impl Sleeper for AsyncStd {
    type Sleep = Sleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep(Timer::after(duration))
    }
}

/// A wait between two attempts.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Sleep(Timer);

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```
/// use backoff_async_std::Policy;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # async_std::task::block_on(async {
/// let mut failures = 2;
/// let mut connect = async || {
///     if failures == 0 { Ok("connected") } else { failures -= 1; Err("reset") }
/// };
///
/// let mut attempts = backoff_async_std::attempts(&POLICY);
/// let outcome = loop {
///     let outcome = connect().await;
///     let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///     pause.await;
/// };
/// assert_eq!(outcome, Ok("connected"));
/// assert_eq!(attempts.report().attempts(), 3);
/// # });
/// ```
pub fn attempts<S>(policy: &Policy<S>) -> Attempts<'_, S, AsyncStd, ThreadRandom> {
    Attempts::new(policy, AsyncStd, ThreadRandom)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt, and its deadline during one, cut an attempt off only with
/// [`on_timeout`](RetryFuture::on_timeout).
///
/// # Examples
///
/// ```
/// use backoff_async_std::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # fn main() -> io::Result<()> {
/// async fn fetch_user(id: u32) -> io::Result<String> {
///     // ..
/// #   Ok(format!("user {id}"))
/// }
///
/// # async_std::task::block_on(async {
/// let user = backoff_async_std::retry(&POLICY, || fetch_user(7))
///     .when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset)
///     .on_event(|event| eprintln!("{event}"))
///     .await?;
/// # assert_eq!(user, "user 7");
/// # Ok(())
/// # })
/// # }
/// ```
pub fn retry<S, F, A>(
    policy: &Policy<S>,
    operation: F,
) -> RetryFuture<'_, S, AsyncStd, ThreadRandom, F, A>
where
    F: FnMut() -> A,
    A: Future,
{
    backoff_driver::retry(policy, AsyncStd, ThreadRandom, operation)
}
