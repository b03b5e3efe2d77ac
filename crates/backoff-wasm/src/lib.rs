#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod web;

use std::future::Future;

#[doc(no_inline)]
pub use backoff_driver::prelude::*;
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_wasm as retry;
pub use web::{Web, WebSleep};

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```no_run
/// use backoff_wasm::{Policy, TimedOut};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// struct Socket;
///
/// impl Socket {
///     async fn send(&mut self, text: &str) -> Result<usize, TimedOut> {
///         Ok(text.len())
///     }
/// }
///
/// async fn greet(socket: &mut Socket) -> Result<usize, TimedOut> {
///     let mut attempts = backoff_wasm::attempts(&POLICY);
///     loop {
///         let outcome = attempts.limit(socket.send("hello")).await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         pause.await;
///     }
/// }
/// ```
pub fn attempts<P: PolicyRef>(policy: P) -> Attempts<P, Web> {
    Attempts::new(policy, Web)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt and its deadline interrupt attempts. The error of an interrupted one is made from
/// [`TimedOut`], or its outcome by [`on_timeout`](RetryFuture::on_timeout);
/// [`uninterrupted`](RetryFuture::uninterrupted) lets attempts run to their end.
///
/// # Examples
///
/// ```no_run
/// use backoff_wasm::Policy;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// enum Error {
///     Denied,
///     Offline,
///     TimedOut,
/// }
///
/// async fn fetch_user(id: u32) -> Result<String, Error> {
///     Ok(format!("user {id}"))
/// }
///
/// async fn greeting() -> Result<String, Error> {
///     let user = backoff_wasm::retry(&POLICY, || fetch_user(7))
///         .when(|error: &Error| !matches!(error, Error::Denied))
///         .on_timeout(|_| Err(Error::TimedOut))
///         .await?;
///     Ok(format!("hello, {user}"))
/// }
/// ```
pub const fn retry<P: PolicyRef, F: FnMut() -> A, A: Future>(
    policy: P,
    operation: F,
) -> RetryFuture<P, Web, F, A> {
    backoff_driver::retry(policy, Web, operation)
}
