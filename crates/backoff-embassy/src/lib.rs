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

mod ticks;

use core::future::Future;
use core::time::Duration;

#[doc(no_inline)]
pub use backoff_core::*;
#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
#[doc(no_inline)]
pub use backoff_driver::Counters;
#[cfg(feature = "defmt-1")]
#[doc(no_inline)]
pub use backoff_driver::Defmt;
#[cfg(feature = "log-0-4")]
#[doc(no_inline)]
pub use backoff_driver::Log;
#[doc(no_inline)]
pub use backoff_driver::{
    Attempts, Batch, Clock, Completion, Event, Observe, Pacing, Report, RetryFuture, Round,
    Sleeper, Slot, TimedOut, Timeout,
};
#[cfg(feature = "heapless-0-9")]
#[doc(no_inline)]
pub use backoff_driver::{BudgetTable, FailedAttempt, History, KeyedBudget, Lock};
/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_embassy as retry;
use embassy_time::{Instant, TICK_HZ, Timer};
#[doc(no_inline)]
pub use rand_xoshiro::Xoshiro128PlusPlus;
#[doc(no_inline)]
pub use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// embassy's clock and timer.
///
/// Waits are rounded up to the tick and counted from the next one, since part of the tick under way is over: they are
/// never too short, and less than two ticks too long. Ones that are longer than the range of the clock end there.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Embassy;

impl Clock for Embassy {
    type Moment = Instant;

    #[inline]
    fn read(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn since_origin(&self, moment: Instant) -> Duration {
        ticks::to_duration::<TICK_HZ>(moment.as_ticks())
    }
}

impl Sleeper for Embassy {
    type Sleep = Timer;

    #[inline]
    fn sleep(&self, duration: Duration) -> Timer {
        let ticks = ticks::from_duration::<TICK_HZ>(duration);
        // The clock shows the tick under way, of which part is over: it does not count.
        let ticks = ticks.saturating_add(u64::from(ticks != 0));
        // `Timer::after` panics where the sum does not fit.
        Timer::at(Instant::now().saturating_add(embassy_time::Duration::from_ticks(ticks)))
    }
}

/// Begins a call: the loop form, which works with every operation.
///
/// `random` must be seeded freshly, and differently on every device.
///
/// # Examples
///
/// ```
/// use backoff_embassy::{Policy, SeedableRng, Xoshiro128PlusPlus};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # fn unique_seed() -> u64 { 1 }
/// # async fn task() {
/// let mut failures = 2;
/// let mut connect = async || {
///     if failures == 0 { Ok("connected") } else { failures -= 1; Err("reset") }
/// };
///
/// let random = Xoshiro128PlusPlus::seed_from_u64(unique_seed());
/// let mut attempts = backoff_embassy::attempts(&POLICY, random);
/// let outcome = loop {
///     let outcome = connect().await;
///     let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
///     pause.await;
/// };
/// assert_eq!(outcome, Ok("connected"));
/// assert_eq!(attempts.report().attempts(), 3);
/// # }
/// # // The driver for tests stands still until it is told to go on.
/// # let mut task = std::pin::pin!(task());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # while std::future::Future::poll(task.as_mut(), &mut context).is_pending() {
/// #     embassy_time::MockDriver::get().advance(embassy_time::Duration::from_millis(10));
/// # }
/// ```
pub fn attempts<S, R: Rng>(policy: &Policy<S>, random: R) -> Attempts<'_, S, Embassy, R> {
    Attempts::new(policy, Embassy, random)
}

/// Retries an operation, taking every `Err` for transient until [`when`](RetryFuture::when) says otherwise.
///
/// The policy's timeout of an attempt, and its deadline during one, cut an attempt off only with
/// [`on_timeout`](RetryFuture::on_timeout).
///
/// `random` must be seeded freshly, and differently on every device.
///
/// # Examples
///
/// ```
/// use backoff_embassy::{Policy, Rng};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # #[derive(Debug, PartialEq)]
/// enum Error { Denied, NoAnswer }
///
/// async fn read_sensor() -> Result<u16, Error> {
///     // ..
/// #   Ok(20)
/// }
///
/// async fn measure(random: &mut impl Rng) -> Result<u16, Error> {
///     backoff_embassy::retry(&POLICY, random, read_sensor)
///         .when(|error: &Error| matches!(error, Error::NoAnswer))
///         .await
/// }
/// # use backoff_embassy::{SeedableRng, Xoshiro128PlusPlus};
/// # let mut random = Xoshiro128PlusPlus::seed_from_u64(1);
/// # let mut call = std::pin::pin!(measure(&mut random));
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let polled = std::future::Future::poll(call.as_mut(), &mut context);
/// # assert_eq!(polled, std::task::Poll::Ready(Ok(20)));
/// ```
pub fn retry<S, R, F, A>(
    policy: &Policy<S>,
    random: R,
    operation: F,
) -> RetryFuture<'_, S, Embassy, R, F, A>
where
    R: Rng,
    F: FnMut() -> A,
    A: Future,
{
    backoff_driver::retry(policy, Embassy, random, operation)
}
