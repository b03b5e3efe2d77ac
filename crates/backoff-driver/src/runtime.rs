//! What the outside world must offer: the time, waiting, and random numbers.

#[cfg(feature = "async-io-2")]
mod async_io;
#[cfg(feature = "alloc")]
mod boxed;
// Where an operating system has a clock, and randomness to seed a generator from.
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
mod instant;
#[cfg(not(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
)))]
#[path = "runtime/no_instant.rs"]
mod instant;

#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
mod monotonic;
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
mod thread_random;
mod with_random;
// Where reading and writing 32 bits is one access, also without compare-and-swap.
#[cfg(any(target_pointer_width = "32", target_pointer_width = "64"))]
mod wrapping_counter;

use core::future::Future;
use core::time::Duration;

#[cfg(feature = "async-io-2")]
pub use async_io::{AsyncIo, AsyncIoSleep};
#[cfg(feature = "alloc")]
pub use boxed::{BoxRuntime, BoxSleep};
#[doc(hidden)]
pub use instant::OsInstant;
pub(crate) use instant::since_origin;
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
pub use monotonic::Monotonic;
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
pub use thread_random::ThreadRandom;
pub use with_random::WithRandom;
#[cfg(any(target_pointer_width = "32", target_pointer_width = "64"))]
pub use wrapping_counter::WrappingCounter;

/// A monotonic clock.
///
/// # Examples
///
/// A clock over a hardware counter of milliseconds, which wraps after 49 days:
///
/// ```
/// use backoff_driver::{Clock, WrappingCounter};
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use core::time::Duration;
///
/// static MILLIS: AtomicU32 = AtomicU32::new(0); // counted by an interrupt
/// static UPTIME: WrappingCounter = WrappingCounter::new();
///
/// struct Counter;
///
/// impl Clock for Counter {
///     fn now(&self) -> Duration {
///         Duration::from_millis(UPTIME.extend(|| MILLIS.load(Ordering::Relaxed)))
///     }
/// }
/// assert_eq!(Counter.now(), Duration::ZERO);
/// ```
pub trait Clock {
    /// Returns the time since any fixed origin, at most 584 years ago.
    ///
    /// It never goes back and never wraps. A time that is earlier than one that was already returned counts as no time
    /// since then.
    fn now(&self) -> Duration;

    /// The same time as the operating system gives it, where converting it can be left for later.
    ///
    /// A clock that overrides this returns from [`now`](Self::now) what [`Monotonic`] makes of the instant.
    #[doc(hidden)]
    #[inline]
    fn instant(&self) -> Option<OsInstant> {
        None
    }
}

/// A clock with a source of random numbers: all that a retried call needs from the outside, waiting apart.
///
/// [`WithRandom`] joins a clock and a generator of [`rand_core`].
///
/// # Examples
///
/// ```
/// use backoff_driver::{Clock, Runtime};
/// use core::time::Duration;
///
/// struct Device {
///     uptime: Duration,
///     xorshift: u32, // seeded from the hardware, never 0
/// }
///
/// impl Clock for Device {
///     fn now(&self) -> Duration {
///         self.uptime
///     }
/// }
///
/// impl Runtime for Device {
///     fn random(&mut self) -> u32 {
///         // Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003, section 3.
///         self.xorshift ^= self.xorshift << 13;
///         self.xorshift ^= self.xorshift >> 17;
///         self.xorshift ^= self.xorshift << 5;
///         self.xorshift
///     }
/// }
/// assert_ne!(Device { uptime: Duration::ZERO, xorshift: 7 }.random(), 7);
/// ```
pub trait Runtime: Clock {
    /// Draws a number that is uniform over all of `u32`.
    ///
    /// No two calls may draw the same sequence: calls that do retry in step. Seed a generator freshly, and differently
    /// on every device.
    fn random(&mut self) -> u32;
}

/// A runtime that a task can wait on.
///
/// The future is an associated type, so that code which is generic over sleepers can require `S::Sleep: Send`.
///
/// # Examples
///
/// A timer that is polled in turn with everything else:
///
/// ```
/// use backoff_driver::{Clock, Runtime, Sleeper};
/// use core::pin::Pin;
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use core::task::{Context, Poll};
/// use core::time::Duration;
///
/// static MICROS: AtomicU32 = AtomicU32::new(0);
///
/// struct Board;
///
/// impl Clock for Board {
///     fn now(&self) -> Duration {
///         let micros = MICROS.load(Ordering::Relaxed);
///         MICROS.store(micros + 1, Ordering::Relaxed); // the hardware counts by itself
///         Duration::from_micros(micros.into())
///     }
/// }
///
/// impl Runtime for Board {
///     fn random(&mut self) -> u32 {
///         MICROS.load(Ordering::Relaxed).wrapping_mul(0x9e37_79b9) // use the hardware's generator
///     }
/// }
///
/// impl Sleeper for Board {
///     type Sleep = Sleep;
///
///     fn sleep(&self, duration: Duration) -> Sleep {
///         // The current microsecond is partly over, so it does not count.
///         let ticks = duration.saturating_add(Duration::from_micros(1));
///         Sleep(self.now().saturating_add(ticks))
///     }
/// }
///
/// struct Sleep(Duration);
///
/// impl Future for Sleep {
///     type Output = ();
///
///     fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
///         if Board.now() >= self.0 {
///             return Poll::Ready(());
///         }
///         cx.waker().wake_by_ref(); // a queue of timers would keep the waker
///         Poll::Pending
///     }
/// }
///
/// let mut sleep = core::pin::pin!(Board.sleep(Duration::from_micros(20)));
/// let mut context = Context::from_waker(core::task::Waker::noop());
/// while sleep.as_mut().poll(&mut context).is_pending() {}
/// ```
pub trait Sleeper: Runtime {
    /// The future of a wait.
    type Sleep: Future<Output = ()>;

    /// Waits for at least `duration`: rounded up to the runtime's tick, saturating at its range, without a panic.
    ///
    /// A wait of zero returns `Pending` once, so that other tasks of the executor run between two attempts.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A runtime that a thread can wait on.
///
/// # Examples
///
/// ```
/// use backoff_driver::{BlockingSleeper, Clock, Runtime};
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use core::time::Duration;
///
/// static MICROS: AtomicU32 = AtomicU32::new(0);
///
/// struct Board;
///
/// impl Clock for Board {
///     fn now(&self) -> Duration {
///         let micros = MICROS.load(Ordering::Relaxed);
///         MICROS.store(micros + 1, Ordering::Relaxed); // the hardware counts by itself
///         Duration::from_micros(micros.into())
///     }
/// }
///
/// impl Runtime for Board {
///     fn random(&mut self) -> u32 {
///         MICROS.load(Ordering::Relaxed).wrapping_mul(0x9e37_79b9) // use the hardware's generator
///     }
/// }
///
/// impl BlockingSleeper for Board {
///     fn block(&self, duration: Duration) {
///         // The current microsecond is partly over, so it does not count.
///         let until = self.now().saturating_add(duration).saturating_add(Duration::from_micros(1));
///         while self.now() < until {
///             core::hint::spin_loop(); // or sleep until the next interrupt
///         }
///     }
/// }
///
/// Board.block(Duration::from_micros(20));
/// ```
pub trait BlockingSleeper: Runtime {
    /// Blocks the thread for at least `duration`, saturating at the range of the clock, without a panic.
    fn block(&self, duration: Duration);
}
