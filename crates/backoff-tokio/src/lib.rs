#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

#[doc(no_inline)]
pub use backoff_core::*;
#[doc(no_inline)]
pub use backoff_driver::{
    Attempts, Clock, Ending, Event, Observe, Report, Retrying, Sleeper, ThreadRandom, TimedOut,
    Timeout,
};
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

/// The first time that anybody asked, which reads as a century: every paused clock has a time of its own, and may
/// stand before the one that was asked first.
static FIRST: OnceLock<Instant> = OnceLock::new();

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl Clock for Tokio {
    #[inline]
    fn now(&self) -> Duration {
        let now = Instant::now();
        let first = *FIRST.get_or_init(|| now);
        CENTURY
            .saturating_add(now.saturating_duration_since(first))
            .saturating_sub(first.saturating_duration_since(now))
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

/// Retries an operation, taking every `Err` for transient until [`when`](Retrying::when) says otherwise.
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
) -> Retrying<'_, S, Tokio, ThreadRandom, F, A>
where
    F: FnMut() -> A,
    A: Future,
{
    backoff_driver::retry(policy, Tokio, ThreadRandom, operation)
}
