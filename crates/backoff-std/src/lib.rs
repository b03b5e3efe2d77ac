#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod thread;

#[doc(no_inline)]
pub use backoff_driver::prelude::*;
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_std as retry;
pub use thread::Thread;

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```
/// use backoff_std::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let mut failures = 2;
/// let mut connect = || {
///     if failures == 0 {
///         return Ok("connected");
///     }
///     failures -= 1;
///     Err(io::ErrorKind::ConnectionReset)
/// };
///
/// let mut attempts = backoff_std::attempts(&POLICY).on_event(|event| eprintln!("{event}"));
/// assert_eq!(attempts.call(connect), Ok("connected"));
/// assert_eq!(attempts.report().attempts(), 3);
/// ```
pub fn attempts<P: PolicyRef>(policy: P) -> Attempts<P, Thread> {
    Attempts::new(policy, Thread)
}

/// Retries an operation on this thread, taking every `Err` for transient.
///
/// For a classifier, observers, a budget or a report use [`attempts`] and [`Attempts::call`]. Nothing interrupts an attempt
/// on a thread: give its socket a timeout.
///
/// # Errors
///
/// The last error of the operation.
///
/// # Examples
///
/// ```
/// use backoff_std::Policy;
/// use std::net::TcpStream;
/// use std::time::Duration;
///
/// static POLICY: Policy = Policy::exponential(Duration::from_millis(10), Duration::from_millis(40)).with_max_attempts(3);
///
/// let stream = backoff_std::retry(&POLICY, || TcpStream::connect("127.0.0.1:1"));
/// assert!(stream.is_err()); // nothing listens there
/// ```
pub fn retry<P, T, E>(policy: P, operation: impl FnMut() -> Result<T, E>) -> Result<T, E>
where
    P: PolicyRef,
{
    attempts(policy).call(operation)
}
