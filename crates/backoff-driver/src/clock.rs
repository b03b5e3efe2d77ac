//! What a runtime must offer: the time, and waiting.

use core::future::Future;
use core::time::Duration;

/// A monotonic clock.
///
/// # Examples
///
/// A clock over a hardware counter of microseconds:
///
/// ```
/// use backoff_driver::Clock;
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use core::time::Duration;
///
/// static MICROS: AtomicU32 = AtomicU32::new(0); // counted by an interrupt
///
/// struct Counter;
///
/// impl Clock for Counter {
///     fn now(&self) -> Duration {
///         Duration::from_micros(MICROS.load(Ordering::Relaxed).into())
///     }
/// }
/// # assert_eq!(Counter.now(), Duration::ZERO);
/// ```
pub trait Clock {
    /// The time since a fixed, arbitrary origin, at most 292 years ago. It never goes back.
    fn now(&self) -> Duration;
}

/// A clock that a task can wait on.
///
/// The future is an associated type, so that code which is generic over sleepers can ask for
/// `S::Sleep: Send`.
pub trait Sleeper: Clock {
    /// The future of a wait.
    type Sleep: Future<Output = ()>;

    /// Waits at least this long: rounded up to the runtime's tick, saturating at its range, and never a panic.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A clock that a thread can wait on.
pub trait BlockingSleeper: Clock {
    /// Blocks the thread at least this long, saturating at the range of the clock; never a panic.
    fn block(&self, duration: Duration);
}

impl<C: Clock + ?Sized> Clock for &C {
    #[inline]
    fn now(&self) -> Duration {
        (**self).now()
    }
}

impl<S: Sleeper + ?Sized> Sleeper for &S {
    type Sleep = S::Sleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        (**self).sleep(duration)
    }
}

impl<S: BlockingSleeper + ?Sized> BlockingSleeper for &S {
    #[inline]
    fn block(&self, duration: Duration) {
        (**self).block(duration);
    }
}
