#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::future::Future;

#[doc(no_inline)]
pub use backoff_driver::prelude::*;
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_smol as retry;

/// Begins a call: the loop form, which works with every operation.
///
/// # Examples
///
/// ```
/// use backoff_smol::Policy;
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
///     let mut attempts = backoff_smol::attempts(&POLICY);
///     loop {
///         let outcome = attempts.limit(connection.send("hello")).await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         pause.await;
///     }
/// }
/// # smol::block_on(async { assert_eq!(greet(&mut Connection).await.unwrap(), 5) });
/// ```
pub fn attempts<P: PolicyRef>(policy: P) -> Attempts<P, AsyncIo> {
    Attempts::new(policy, AsyncIo)
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
/// use backoff_smol::Policy;
/// use std::io;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// async fn fetch_user(id: u32) -> io::Result<String> {
///     Ok(format!("user {id}"))
/// }
///
/// async fn greeting() -> io::Result<String> {
///     let user = backoff_smol::retry(&POLICY, || fetch_user(7))
///         .when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset)
///         .on_event(|event| eprintln!("{event}"))
///         .await?;
///     Ok(format!("hello, {user}"))
/// }
/// # assert_eq!(smol::block_on(greeting()).unwrap(), "hello, user 7");
/// ```
pub const fn retry<P: PolicyRef, F: FnMut() -> A, A: Future>(
    policy: P,
    operation: F,
) -> RetryFuture<P, AsyncIo, F, A> {
    backoff_driver::retry(policy, AsyncIo, operation)
}
