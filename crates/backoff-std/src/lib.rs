#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::thread;
use std::time::{Duration, Instant};

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
    Attempts, BlockingSleeper, Clock, Completion, Counters, Event, Observe, Report, ThreadRandom,
};
#[cfg(feature = "heapless-0-9")]
#[doc(no_inline)]
pub use backoff_driver::{BudgetTable, FailedAttempt, History, KeyedBudget, Lock};
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_std as retry;

/// The monotonic clock of the operating system, and waiting that blocks the thread.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Thread;

impl Clock for Thread {
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

impl BlockingSleeper for Thread {
    #[inline]
    fn block(&self, duration: Duration) {
        thread::sleep(duration);
    }
}

/// Begins a call: the loop form, and the way to a classifier, events and a report.
///
/// # Examples
///
/// ```
/// use backoff_std::Policy;
/// use std::{io, thread};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # fn connect() -> io::Result<&'static str> { Ok("connected") }
/// let mut attempts = backoff_std::attempts(&POLICY)
///     .when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset);
/// let outcome = loop {
///     let outcome = connect();
///     let Some(delay) = attempts.delay_after(&outcome) else { break outcome };
///     thread::sleep(delay);
/// };
/// assert_eq!(outcome?, "connected");
/// # Ok::<(), io::Error>(())
/// ```
#[must_use]
pub fn attempts<S>(policy: &Policy<S>) -> Attempts<'_, S, Thread, ThreadRandom> {
    Attempts::new(policy, Thread, ThreadRandom)
}

/// Retries an operation, taking every `Err` for transient.
///
/// With a classifier, events or a report: [`attempts(&POLICY).when(..).call(operation)`](Attempts::call).
///
/// Attempts are not cut off: the policy's timeout of an attempt is for the operation to keep, by
/// [`attempt_timeout`](Attempts::attempt_timeout).
///
/// # Errors
///
/// The error of the last attempt, as the operation returned it.
///
/// # Examples
///
/// ```
/// use backoff_std::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # fn connect() -> io::Result<&'static str> { Ok("connected") }
/// let connection = backoff_std::retry(&POLICY, connect)?;
/// assert_eq!(connection, "connected");
/// # Ok::<(), io::Error>(())
/// ```
pub fn retry<S: Schedule, T, E>(
    policy: &Policy<S>,
    operation: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    attempts(policy).call(operation)
}
