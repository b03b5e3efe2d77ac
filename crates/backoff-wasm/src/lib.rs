#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod random;

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

#[doc(no_inline)]
pub use backoff_core::*;
#[cfg(feature = "log-0-4")]
#[doc(no_inline)]
pub use backoff_driver::Log;
#[cfg(feature = "tracing-0-1")]
#[doc(no_inline)]
pub use backoff_driver::Tracing;
#[doc(no_inline)]
pub use backoff_driver::{
    Attempts, Batch, Clock, Completion, Counters, Event, Observe, Pacing, Report, RetryFuture,
    Round, Sleeper, Slot, TimedOut, Timeout,
};
#[cfg(feature = "heapless-0-9")]
#[doc(no_inline)]
pub use backoff_driver::{BudgetTable, FailedAttempt, History, KeyedBudget, Lock};
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_wasm as retry;
use gloo_timers::future::TimeoutFuture;
pub use random::WebRandom;
use web_time::Instant;

/// The clock and the timer of a browser, a worker or Node: `performance.now()` and `setTimeout()`.
///
/// The clock is monotonic. Whether it counts the time that a computer sleeps differs between browsers.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Web;

/// The first moment that anybody asked about, which reads as a century, so that others may lie before it.
static FIRST: OnceLock<Instant> = OnceLock::new();

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl Clock for Web {
    type Moment = Instant;

    #[inline]
    fn read(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn since_origin(&self, moment: Instant) -> Duration {
        let first = *FIRST.get_or_init(|| moment);
        match moment.checked_duration_since(first) {
            Some(later) => CENTURY.saturating_add(later),
            None => CENTURY.saturating_sub(first.duration_since(moment)),
        }
    }
}

impl Sleeper for Web {
    type Sleep = Sleep;

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep {
            until: self.now().saturating_add(duration),
            timer: TimeoutFuture::new(timeout_millis(duration)),
        }
    }
}

/// A wait between two attempts.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Sleep {
    until: Duration,
    timer: TimeoutFuture,
}

impl Future for Sleep {
    type Output = ();

    /// Asks the clock when the timer fires, since it may be one of several in a row, and engines fire up to a
    /// millisecond early.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(Pin::new(&mut self.timer).poll(cx));
            let left = self.until.saturating_sub(Web.now());
            if left.is_zero() {
                return Poll::Ready(());
            }
            self.timer = TimeoutFuture::new(timeout_millis(left));
        }
    }
}

/// The longest delay of `setTimeout`, which fires at once where a delay does not fit 31 bits (HTML Living
/// Standard, 8.7 "Timers": the delay is a `long`).
const LONGEST: u32 = i32::MAX as u32;

/// Milliseconds for one timer: rounded up, as many as one can wait.
fn timeout_millis(duration: Duration) -> u32 {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    u32::try_from(millis).map_or(LONGEST, |millis| millis.min(LONGEST))
}

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```no_run
/// use backoff_wasm::Policy;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # async fn task() {
/// let mut failures = 2;
/// let mut connect = async || {
///     if failures == 0 { Ok("connected") } else { failures -= 1; Err("reset") }
/// };
///
/// let mut attempts = backoff_wasm::attempts(&POLICY);
/// let outcome = loop {
///     let outcome = connect().await;
///     let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///     pause.await;
/// };
/// assert_eq!(outcome, Ok("connected"));
/// assert_eq!(attempts.report().attempts(), 3);
/// # }
/// ```
#[must_use]
pub fn attempts<S>(policy: &Policy<S>) -> Attempts<'_, S, Web, WebRandom> {
    Attempts::new(policy, Web, WebRandom)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt, and its deadline during one, cut an attempt off only with
/// [`on_timeout`](RetryFuture::on_timeout).
///
/// # Examples
///
/// ```no_run
/// use backoff_wasm::Policy;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # #[derive(Debug)]
/// enum Error { Denied, Offline }
///
/// async fn fetch_user(id: u32) -> Result<String, Error> {
///     // ..
/// #   Ok(format!("user {id}"))
/// }
///
/// # async fn task() -> Result<(), Error> {
/// let user = backoff_wasm::retry(&POLICY, || fetch_user(7))
///     .when(|error: &Error| matches!(error, Error::Offline))
///     .await?;
/// # Ok(())
/// # }
/// ```
pub fn retry<S, F, A>(policy: &Policy<S>, operation: F) -> RetryFuture<'_, S, Web, WebRandom, F, A>
where
    F: FnMut() -> A,
    A: Future,
{
    backoff_driver::retry(policy, Web, WebRandom, operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_11_a_timer_rounds_up_to_the_millisecond_and_stays_in_range() {
        let cases = [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(1), 1),
            (Duration::from_nanos(1_000_001), 2),
            (Duration::from_millis(2_147_483_647), 2_147_483_647),
            (Duration::from_millis(2_147_483_648), 2_147_483_647),
            (Duration::from_millis(1 << 32), 2_147_483_647),
            (Duration::MAX, 2_147_483_647),
        ];
        for (duration, expected) in cases {
            assert_eq!(timeout_millis(duration), expected, "{duration:?}");
        }
    }
}
