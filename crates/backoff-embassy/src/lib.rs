#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::alloc_instead_of_core,
    clippy::float_arithmetic,
    clippy::std_instead_of_core
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod runtime;
mod ticks;

use core::future::Future;

#[doc(no_inline)]
pub use backoff_driver::prelude::*;
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_embassy as retry;
#[doc(no_inline)]
pub use rand_xoshiro::Xoshiro128PlusPlus;
#[doc(no_inline)]
pub use rand_xoshiro::rand_core::{Rng, SeedableRng};
pub use runtime::Embassy;

/// Begins a call: the loop form, which works with every operation.
///
/// `random` must be seeded freshly, and differently on every device. It may be a `&mut` to a generator.
///
/// # Examples
///
/// ```
/// use backoff_embassy::{Policy, Rng, TimedOut};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// struct Radio;
///
/// impl Radio {
///     async fn send(&mut self, packet: &[u8]) -> Result<usize, TimedOut> {
///         Ok(packet.len())
///     }
/// }
///
/// async fn greet(radio: &mut Radio, random: &mut impl Rng) -> Result<usize, TimedOut> {
///     let mut attempts = backoff_embassy::attempts(&POLICY, random);
///     loop {
///         let outcome = attempts.limit(radio.send(b"hello")).await;
///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///         pause.await;
///     }
/// }
/// ```
pub fn attempts<P: PolicyRef, G: Rng>(policy: P, random: G) -> Attempts<P, Embassy<G>> {
    Attempts::new(policy, Embassy::new(random))
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt and its deadline interrupt attempts. The error of an interrupted one is made from
/// [`TimedOut`], or its outcome by [`on_timeout`](RetryFuture::on_timeout);
/// [`uninterrupted`](RetryFuture::uninterrupted) lets attempts run to their end.
///
/// `random` must be seeded freshly, and differently on every device. It may be a `&mut` to a generator.
///
/// # Examples
///
/// ```
/// use backoff_embassy::{Policy, Rng};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// enum Error {
///     NoAcknowledge,
///     TimedOut,
/// }
///
/// async fn read_sensor() -> Result<u16, Error> {
///     Err(Error::NoAcknowledge)
/// }
///
/// async fn measure(random: &mut impl Rng) -> Result<u16, Error> {
///     backoff_embassy::retry(&POLICY, random, read_sensor)
///         .on_timeout(|_| Err(Error::TimedOut))
///         .await
/// }
/// ```
pub const fn retry<P: PolicyRef, G: Rng, F: FnMut() -> A, A: Future>(
    policy: P,
    random: G,
    operation: F,
) -> RetryFuture<P, Embassy<G>, F, A> {
    backoff_driver::retry(policy, Embassy::new(random), operation)
}
