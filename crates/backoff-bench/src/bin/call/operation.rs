//! What is called, the clock and the sleeper of the calls, and what drives a call to its end.

use std::cell::Cell;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use backoff_bench::Reset;
use backoff_driver::{Clock, Runtime, Sleeper};
use rand_core::Rng;
use rand_xoshiro::Xoshiro128PlusPlus;

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

/// A clock that is cheap to read, a sleeper that does nothing, and a generator.
pub struct Idle<G>(pub G);

impl<G> Clock for Idle<G> {
    #[inline]
    fn now(&self) -> Duration {
        now()
    }
}

impl<G: Rng> Runtime for Idle<G> {
    #[inline]
    fn random(&mut self) -> u32 {
        self.0.next_u32()
    }
}

impl<G: Rng> Sleeper for Idle<G> {
    type Sleep = Ready<()>;

    #[inline]
    fn sleep(&self, duration: Duration) -> Ready<()> {
        sleep(duration)
    }
}

#[inline]
pub fn now() -> Duration {
    static NOW: Duration = Duration::from_secs(7);
    *black_box(&NOW)
}

#[inline]
pub fn sleep(duration: Duration) -> Ready<()> {
    black_box(duration);
    ready(())
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
