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
///     type Moment = u32;
///
///     fn read(&self) -> u32 {
///         MICROS.load(Ordering::Relaxed)
///     }
///
///     fn since_origin(&self, moment: u32) -> Duration {
///         Duration::from_micros(moment.into())
///     }
/// }
/// # assert_eq!(Counter.now(), Duration::ZERO);
/// ```
pub trait Clock {
    /// A moment, in the form in which the clock is read.
    ///
    /// A call keeps the moment at which it began, and asks what it means only if its first attempt fails. Plain data,
    /// so that it never keeps a call from being sent to another thread.
    type Moment: Copy + Send + Sync;

    /// The moment that it is now. It never goes back.
    fn read(&self) -> Self::Moment;

    /// The time from a fixed, arbitrary origin, at most 292 years ago, to a moment that this clock has read.
    fn since_origin(&self, moment: Self::Moment) -> Duration;

    /// The time since the origin.
    #[inline]
    fn now(&self) -> Duration {
        self.since_origin(self.read())
    }
}

/// A clock that a task can wait on.
///
/// The future is an associated type, so that code which is generic over sleepers can ask for
/// `S::Sleep: Send`.
///
/// # Examples
///
/// Over the counter of a [`Clock`], for an executor that polls its tasks in turn:
///
/// ```
/// use backoff_driver::Sleeper;
/// use core::pin::Pin;
/// use core::task::{Context, Poll};
/// use core::time::Duration;
/// # use backoff_driver::Clock;
/// # use core::sync::atomic::{AtomicU32, Ordering};
/// # static MICROS: AtomicU32 = AtomicU32::new(0);
/// # struct Counter;
/// # impl Clock for Counter {
/// #     type Moment = u32;
/// #     fn read(&self) -> u32 { MICROS.fetch_add(1, Ordering::Relaxed) }
/// #     fn since_origin(&self, moment: u32) -> Duration { Duration::from_micros(moment.into()) }
/// # }
///
/// impl Sleeper for Counter {
///     type Sleep = Sleep;
///
///     fn sleep(&self, duration: Duration) -> Sleep {
///         // Part of the microsecond under way is over: it does not count.
///         let duration = duration.saturating_add(Duration::from_micros(1));
///         Sleep(self.now().saturating_add(duration))
///     }
/// }
///
/// struct Sleep(Duration);
///
/// impl Future for Sleep {
///     type Output = ();
///
///     fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
///         if Counter.now() >= self.0 {
///             return Poll::Ready(());
///         }
///         cx.waker().wake_by_ref(); // where there is a queue of timers, it takes the waker
///         Poll::Pending
///     }
/// }
/// # let mut sleep = core::pin::pin!(Counter.sleep(Duration::from_micros(20)));
/// # let mut context = Context::from_waker(core::task::Waker::noop());
/// # while sleep.as_mut().poll(&mut context).is_pending() {}
/// ```
pub trait Sleeper: Clock {
    /// The future of a wait.
    type Sleep: Future<Output = ()>;

    /// Waits at least this long: rounded up to the runtime's tick, saturating at its range, and never a panic.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A clock that a thread can wait on.
///
/// # Examples
///
/// Over the counter of a [`Clock`]:
///
/// ```
/// use backoff_driver::BlockingSleeper;
/// use core::time::Duration;
/// # use backoff_driver::Clock;
/// # use core::sync::atomic::{AtomicU32, Ordering};
/// # static MICROS: AtomicU32 = AtomicU32::new(0);
/// # struct Counter;
/// # impl Clock for Counter {
/// #     type Moment = u32;
/// #     fn read(&self) -> u32 { MICROS.fetch_add(1, Ordering::Relaxed) }
/// #     fn since_origin(&self, moment: u32) -> Duration { Duration::from_micros(moment.into()) }
/// # }
///
/// impl BlockingSleeper for Counter {
///     fn block(&self, duration: Duration) {
///         // Part of the microsecond under way is over: it does not count.
///         let duration = duration.saturating_add(Duration::from_micros(1));
///         let until = self.now().saturating_add(duration);
///         while self.now() < until {
///             core::hint::spin_loop(); // or sleeps until the next interrupt
///         }
///     }
/// }
/// # Counter.block(Duration::from_micros(20));
/// ```
pub trait BlockingSleeper: Clock {
    /// Blocks the thread at least this long, saturating at the range of the clock; never a panic.
    fn block(&self, duration: Duration);
}

impl<C: Clock + ?Sized> Clock for &C {
    type Moment = C::Moment;

    #[inline]
    fn read(&self) -> C::Moment {
        (**self).read()
    }

    #[inline]
    fn since_origin(&self, moment: C::Moment) -> Duration {
        (**self).since_origin(moment)
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
