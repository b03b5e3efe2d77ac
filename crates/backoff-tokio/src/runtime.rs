//! tokio's clock and timer.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use backoff_driver::{Clock, Monotonic, Runtime, Sleeper, ThreadRandom};
use pin_project_lite::pin_project;
use rand_core::Rng;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep};

/// tokio's clock and timer, and the generator of the thread.
///
/// The clock is the operating system's monotonic one. In a test it follows `tokio::time::pause()`. Its timer has a
/// resolution of a millisecond and rounds up. It waits for 2.2 years (2^36 ms) at most.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Tokio;

impl Clock for Tokio {
    #[inline]
    fn now(&self) -> Duration {
        Monotonic::since_origin(Instant::now().into_std())
    }

    #[inline]
    fn instant(&self) -> Option<std::time::Instant> {
        Some(Instant::now().into_std())
    }
}

impl Runtime for Tokio {
    #[inline]
    fn random(&mut self) -> u32 {
        ThreadRandom.next_u32()
    }
}

impl Sleeper for Tokio {
    type Sleep = TokioSleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> TokioSleep {
        TokioSleep {
            sleep: unconstrained(tokio::time::sleep(duration)),
            yields: duration.is_zero(),
        }
    }
}

pin_project! {
    /// A wait of [`Tokio`].
    ///
    /// It is not constrained by tokio's budget for a task. An attempt that never waits uses the budget up, and the limit of
    /// that attempt must be noticed all the same.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct TokioSleep {
        #[pin]
        sleep: Unconstrained<Sleep>,
        // A wait of zero that has not yet let other tasks run: on a paused clock, tokio's is ready at once.
        yields: bool,
    }
}

impl Future for TokioSleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if mem::take(this.yields) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.sleep.poll(cx)
    }
}

impl fmt::Debug for TokioSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokioSleep").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rule_11_a_wait_of_zero_lets_other_tasks_run_once_and_takes_no_time() {
        let before = Tokio.now();
        let mut sleep = pin!(Tokio.sleep(Duration::ZERO));
        let first = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await;
        assert!(first.is_pending());
        sleep.await;
        assert_eq!(Tokio.now(), before);
    }
}
