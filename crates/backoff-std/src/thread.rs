//! The clock and the sleep of a thread.

use std::thread;
use std::time::{Duration, Instant};

use backoff_driver::{BlockingSleeper, Clock, Monotonic, Runtime, ThreadRandom};
use rand_core::Rng;

/// The operating system's monotonic clock, the sleep of the current thread, and its generator.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Thread;

impl Clock for Thread {
    #[inline]
    fn now(&self) -> Duration {
        Monotonic.now()
    }

    #[inline]
    fn instant(&self) -> Option<Instant> {
        Monotonic.instant()
    }
}

impl Runtime for Thread {
    #[inline]
    fn random(&mut self) -> u32 {
        ThreadRandom.next_u32()
    }
}

impl BlockingSleeper for Thread {
    /// A wait of zero lets other threads run.
    #[inline]
    fn block(&self, duration: Duration) {
        if duration.is_zero() {
            thread::yield_now();
        } else {
            thread::sleep(duration);
        }
    }
}
