#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::future::Future;
use std::time::Duration;

#[doc(no_inline)]
pub use backoff_driver::prelude::*;
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_tokio as retry;
use rand_core::Rng;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep};

/// tokio's clock and timer, and the generator of the thread.
///
/// The clock is the operating system's monotonic one. In a test it follows `tokio::time::pause()`. Its timer has a
/// resolution of a millisecond, rounds up, and waits for two years at most.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Tokio;

impl Clock for Tokio {
    #[inline]
    fn now(&self) -> Duration {
        Monotonic::since_origin(Instant::now().into_std())
    }

    #[inline]
    fn instant(&self) -> Option<std::time::Instant> {
        Some(Instant::now().into_std())
    }
}

impl Runtime for Tokio {
    #[inline]
    fn random(&mut self) -> u32 {
        ThreadRandom.next_u32()
    }
}

impl Sleeper for Tokio {
    /// Not constrained by tokio's budget for a task, which an attempt that never waits uses up: the limit of that attempt
    /// must be noticed all the same.
    type Sleep = Unconstrained<Sleep>;

    #[inline]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        unconstrained(tokio::time::sleep(duration))
    }
}

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```
/// use backoff_tokio::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// struct Connection;
///
/// impl Connection {
///     async fn send(&mut self, text: &str) -> io::Result<usize> {
///         Ok(text.len())
///     }
/// }
///
/// async fn greet(connection: &mut Connection) -> io::Result<usize> {
///     let mut attempts = backoff_tokio::attempts(&POLICY);
///     loop {
///         let outcome = attempts.limit(connection.send("hello")).await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         pause.await;
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async { assert_eq!(greet(&mut Connection).await.unwrap(), 5) });
/// ```
pub fn attempts<P: PolicyRef>(policy: P) -> Attempts<P, Tokio> {
    Attempts::new(policy, Tokio)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt and its deadline interrupt attempts. The error of an interrupted one is made from
/// [`TimedOut`], or its outcome by [`on_timeout`](RetryFuture::on_timeout);
/// [`uninterrupted`](RetryFuture::uninterrupted) lets attempts run to their end.
///
/// # Examples
///
/// ```
/// use backoff_tokio::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// async fn fetch_user(id: u32) -> io::Result<String> {
///     Ok(format!("user {id}"))
/// }
///
/// async fn greeting() -> io::Result<String> {
///     let user = backoff_tokio::retry(&POLICY, || fetch_user(7))
///         .when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset)
///         .on_event(|event| eprintln!("{event}"))
///         .await?;
///     Ok(format!("hello, {user}"))
/// }
/// # assert_eq!(tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(greeting()).unwrap(), "hello, user 7");
/// ```
pub const fn retry<P: PolicyRef, F: FnMut() -> A, A: Future>(
    policy: P,
    operation: F,
) -> RetryFuture<P, Tokio, F, A> {
    backoff_driver::retry(policy, Tokio, operation)
}
