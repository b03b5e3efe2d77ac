//! What is called, the clock and the sleeper of the calls, and what drives a call to its end.

use std::cell::Cell;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use backoff_driver::{BlockingSleeper, Clock, Sleeper};
use rand_xoshiro::Xoshiro128PlusPlus;

#[derive(Debug)]
pub struct Reset;

/// Fails so many times.
pub struct Operation(AtomicU32);

impl Operation {
    pub fn failing(times: u32) -> Self {
        Self(AtomicU32::new(black_box(times)))
    }

    #[inline]
    pub fn call(&self) -> Result<u64, Reset> {
        match self.0.load(Relaxed) {
            0 => Ok(black_box(42)),
            left => {
                self.0.store(left - 1, Relaxed);
                Err(Reset)
            }
        }
    }

    // An async function without a wait is what is measured.
    #[allow(clippy::unused_async)]
    pub async fn send(&self) -> Result<u64, Reset> {
        self.call()
    }
}

pub fn rounds<O>(rounds: u32, turns: u32, call: fn(u32) -> O) {
    for _ in 0..rounds {
        let _ = black_box(black_box(call)(turns));
    }
}

/// Polls a future that never has to wait.
#[inline]
pub fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A clock that is cheap to read, and a sleeper that does nothing.
#[derive(Clone, Copy)]
pub struct Plain;

pub static NOW: Duration = Duration::from_secs(7);

impl Clock for Plain {
    type Moment = Duration;

    #[inline]
    fn read(&self) -> Duration {
        *black_box(&NOW)
    }

    #[inline]
    fn since_origin(&self, moment: Duration) -> Duration {
        moment
    }
}

impl Sleeper for Plain {
    type Sleep = Ready<()>;

    #[inline]
    fn sleep(&self, duration: Duration) -> Ready<()> {
        black_box(duration);
        ready(())
    }
}

impl BlockingSleeper for Plain {
    #[inline]
    fn block(&self, duration: Duration) {
        black_box(duration);
    }
}

pub fn random() -> Xoshiro128PlusPlus {
    thread_local! {
        static SEEDED: Cell<[u32; 4]> = const { Cell::new([1, 2, 3, 4]) };
    }
    let [a, b, c, d] = SEEDED.get();
    let mut seed = [0; 16];
    seed[..4].copy_from_slice(&a.to_le_bytes());
    seed[4..8].copy_from_slice(&b.to_le_bytes());
    seed[8..12].copy_from_slice(&c.to_le_bytes());
    seed[12..].copy_from_slice(&d.to_le_bytes());
    rand_core::SeedableRng::from_seed(seed)
}
