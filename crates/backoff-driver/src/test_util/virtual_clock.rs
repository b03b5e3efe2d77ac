//! A clock that jumps to the next timer instead of waiting for it.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::{self, Thread};

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

use crate::runtime::{BlockingSleeper, Clock, Runtime, Sleeper, ThreadRandom};

/// A clock that jumps to the next timer instead of waiting for it.
///
/// Clones share the time. [`block_on`](Self::block_on) runs a future, and moves the time on whenever the
/// future waits, so that a test of an hour takes no time and is the same on every run; blocking sleeps move it
/// at once.
///
/// # Examples
///
/// ```
/// use backoff_driver::test_util::VirtualClock;
/// use backoff_driver::{Clock, Sleeper};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// clock.block_on(clock.sleep(Duration::from_secs(3600)));
/// assert_eq!(clock.now(), Duration::from_secs(3600));
/// ```
#[derive(Clone)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
}

struct State {
    now: Duration,
    random: Xoshiro128PlusPlus,
    next_id: u64,
    /// By deadline, then in the order in which they were made.
    timers: BTreeMap<(Duration, u64), Waker>,
}

impl VirtualClock {
    /// Makes a clock that stands at zero, and draws other random numbers on every run.
    #[must_use]
    pub fn new() -> Self {
        Self::with_seed(ThreadRandom.next_u64())
    }

    /// Makes a clock that stands at zero, and draws the same random numbers on every run.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_driver::Runtime;
    /// use backoff_driver::test_util::VirtualClock;
    ///
    /// let draw = || VirtualClock::with_seed(7).random();
    /// assert_eq!(draw(), draw());
    /// ```
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        let state = State {
            now: Duration::ZERO,
            random: Xoshiro128PlusPlus::seed_from_u64(seed),
            next_id: 0,
            timers: BTreeMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Moves the time on, saturating, and wakes what is due.
    pub fn advance(&self, by: Duration) {
        let due = {
            let mut state = self.lock();
            state.now = state.now.saturating_add(by);
            let now = state.now;
            let later = state.timers.split_off(&(now, u64::MAX));
            mem::replace(&mut state.timers, later)
        };
        due.into_values().for_each(Waker::wake);
    }

    /// Runs a future to its end, jumping from timer to timer.
    ///
    /// Where it waits for something other than this clock, the thread is parked until it is woken.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let signal = Arc::new(Signal {
            woken: AtomicBool::new(false),
            thread: thread::current(),
        });
        let waker = Waker::from(Arc::clone(&signal));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            while !signal.woken.swap(false, Ordering::AcqRel) {
                match self.until_next_timer() {
                    Some(wait) => self.advance(wait),
                    None => thread::park(),
                }
            }
        }
    }

    fn until_next_timer(&self) -> Option<Duration> {
        let state = self.lock();
        let (deadline, _) = state.timers.keys().next()?;
        Some(deadline.saturating_sub(state.now))
    }

    /// A test that panicked while it held the lock leaves the time as it was.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.lock().now
    }
}

impl Runtime for VirtualClock {
    /// Draws from the generator that all clones of the clock share.
    fn random(&mut self) -> u32 {
        self.lock().random.next_u32()
    }
}

impl Sleeper for VirtualClock {
    type Sleep = VirtualSleep;

    fn sleep(&self, duration: Duration) -> VirtualSleep {
        let mut state = self.lock();
        let id = state.next_id;
        state.next_id += 1;
        let key = (state.now.saturating_add(duration), id);
        drop(state);
        VirtualSleep {
            clock: self.clone(),
            key,
            yields: duration.is_zero(),
        }
    }
}

impl BlockingSleeper for VirtualClock {
    fn block(&self, duration: Duration) {
        self.advance(duration);
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualClock")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

/// A wait on a [`VirtualClock`].
#[derive(Debug)]
pub struct VirtualSleep {
    clock: VirtualClock,
    key: (Duration, u64),
    /// A wait of zero that has not yet let others run.
    yields: bool,
}

impl Future for VirtualSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if mem::take(&mut self.yields) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut state = self.clock.lock();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.timers.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for VirtualSleep {
    fn drop(&mut self) {
        self.clock.lock().timers.remove(&self.key);
    }
}

/// Wakes a thread that runs a future.
struct Signal {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn waits_end_in_the_order_of_their_deadlines_at_their_deadlines() {
        let clock = VirtualClock::new();
        let (sender, ended) = mpsc::channel();
        let wait = |seconds| {
            let (clock, sender) = (clock.clone(), sender.clone());
            async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                sender
                    .send((seconds, clock.now().as_secs()))
                    .expect("a receiver");
            }
        };
        let (mut slow, mut fast) = (pin!(wait(3)), pin!(wait(1)));
        clock.block_on(core::future::poll_fn(|cx| {
            if slow.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if clock.now() <= Duration::from_secs(1) {
                let _ = fast.as_mut().poll(cx);
            }
            Poll::Pending
        }));
        assert_eq!(ended.try_iter().collect::<Vec<_>>(), [(1, 1), (3, 3)]);
    }

    #[test]
    fn a_dropped_wait_does_not_move_the_time() {
        let clock = VirtualClock::new();
        clock.block_on(async {
            let mut long = clock.sleep(Duration::from_secs(100));
            core::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut long).poll(cx).is_pending()))
                .await;
            drop(long);
            clock.sleep(Duration::from_secs(1)).await;
        });
        assert_eq!(clock.now(), Duration::from_secs(1));
    }

    #[test]
    fn an_endless_wait_saturates() {
        let clock = VirtualClock::new();
        clock.advance(Duration::from_secs(1));
        clock.block_on(clock.sleep(Duration::MAX));
        assert_eq!(clock.now(), Duration::MAX);
    }
}
