//! tokio's clock and timer.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use backoff_driver::{Clock, Monotonic, Runtime, Sleeper, ThreadRandom};
use pin_project_lite::pin_project;
use rand_core::Rng;
use tokio::task::coop::unconstrained;
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
            sleep: tokio::time::sleep(duration),
        }
    }
}

pin_project! {
    /// A wait of [`Tokio`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct TokioSleep {
        #[pin]
        sleep: Sleep,
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut sleep = self.project().sleep;
        let was_elapsed = sleep.is_elapsed();
        // Not constrained by tokio's budget for a task: an attempt that never waits uses it up, and the limit of that attempt
        // must be noticed all the same.
        ready!(pin!(unconstrained(sleep.as_mut())).poll(cx));
        if was_elapsed {
            return Poll::Ready(());
        }
        // Ready at the first poll, such as a wait of zero on a paused clock: other tasks run once.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use backoff_driver::Attempts;
    use backoff_driver::prelude::{Policy, TimedOut};
    use tokio::task::consume_budget;

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

    #[tokio::test]
    async fn rule_5_limits_hold_for_an_attempt_that_uses_up_the_budget_of_its_task() {
        let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_millis(20));
        let greedy = async {
            loop {
                consume_budget().await;
            }
        };
        let mut attempts = Attempts::new(&policy, Tokio);
        let outcome: Result<Result<(), TimedOut>, _> = attempts.timeout(greedy).await;
        assert_eq!(
            outcome.map_err(TimedOut::after),
            Err(Duration::from_millis(20))
        );
    }
}
