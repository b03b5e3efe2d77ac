//! The runtime of smol and async-std.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use async_io::Timer;
use rand_core::Rng;

use super::instant::OsInstant;
use super::{Clock, Monotonic, Runtime, Sleeper, ThreadRandom};

/// The operating system's clock, the timer of `async-io`, which smol and async-std wait with, and the generator of the
/// thread.
///
/// Waits that are longer than the range of the clock never end.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct AsyncIo;

impl Clock for AsyncIo {
    #[inline]
    fn now(&self) -> Duration {
        Monotonic.now()
    }

    #[inline]
    fn instant(&self) -> Option<OsInstant> {
        Monotonic.instant()
    }
}

impl Runtime for AsyncIo {
    #[inline]
    fn random(&mut self) -> u32 {
        ThreadRandom.next_u32()
    }
}

impl Sleeper for AsyncIo {
    type Sleep = AsyncIoSleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> AsyncIoSleep {
        AsyncIoSleep {
            timer: Timer::after(duration),
            yields: duration.is_zero(),
        }
    }
}

/// A wait of [`AsyncIo`].
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct AsyncIoSleep {
    timer: Timer,
    /// A wait of zero that has not yet let other tasks run.
    yields: bool,
}

impl Future for AsyncIoSleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if mem::take(&mut self.yields) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.timer).poll(cx).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use core::future::poll_fn;

    use super::*;

    #[test]
    fn rule_11_a_wait_of_zero_lets_other_tasks_run_once() {
        async_io::block_on(async {
            let mut sleep = AsyncIo.sleep(Duration::ZERO);
            let first = poll_fn(|cx| Poll::Ready(Pin::new(&mut sleep).poll(cx))).await;
            assert!(first.is_pending());
            sleep.await;
        });
    }
}
