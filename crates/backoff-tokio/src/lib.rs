#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::future::Future;
use std::time::Duration;

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
pub use backoff_macros::retry_tokio as retry;
use tokio::time::{Instant, Sleep};

/// tokio's clock and timer.
///
/// Waits end on the first tick of tokio's timer, 1 ms, that is not too early; ones that are longer than its
/// range (about 30 years) end there. Must be used within a tokio runtime that has its timer enabled.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Tokio;

impl Clock for Tokio {
    type Moment = Instant;

    #[inline]
    fn read(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn since_origin(&self, moment: Instant) -> Duration {
        Monotonic.since_origin(moment.into_std())
    }
}

impl Sleeper for Tokio {
    type Sleep = Sleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> Sleep {
        tokio::time::sleep(duration)
    }
}

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```
/// use backoff_tokio::Policy;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut failures = 2;
/// let mut connect = async || {
///     if failures == 0 { Ok("connected") } else { failures -= 1; Err("reset") }
/// };
///
/// let mut attempts = backoff_tokio::attempts(&POLICY);
/// let outcome = loop {
///     let outcome = connect().await;
///     let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///     pause.await;
/// };
/// assert_eq!(outcome, Ok("connected"));
/// assert_eq!(attempts.report().attempts(), 3);
/// # }
/// ```
pub fn attempts<S>(policy: &Policy<S>) -> Attempts<'_, S, Tokio, ThreadRandom> {
    Attempts::new(policy, Tokio, ThreadRandom)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt, and its deadline during one, cut an attempt off only with
/// [`on_timeout`](RetryFuture::on_timeout).
///
/// # Examples
///
/// ```
/// use backoff_tokio::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> io::Result<()> {
/// async fn fetch_user(id: u32) -> io::Result<String> {
///     // ..
/// #   Ok(format!("user {id}"))
/// }
///
/// let user = backoff_tokio::retry(&POLICY, || fetch_user(7))
///     .when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset)
///     .on_event(|event| eprintln!("{event}"))
///     .await?;
/// # assert_eq!(user, "user 7");
/// # Ok(())
/// # }
/// ```
pub fn retry<S, F, A>(
    policy: &Policy<S>,
    operation: F,
) -> RetryFuture<'_, S, Tokio, ThreadRandom, F, A>
where
    F: FnMut() -> A,
    A: Future,
{
    backoff_driver::retry(policy, Tokio, ThreadRandom, operation)
}
