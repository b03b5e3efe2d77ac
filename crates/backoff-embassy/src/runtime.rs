//! embassy's clock and timer.

use core::time::Duration;

use backoff_driver::{Clock, Runtime, Sleeper};
use embassy_time::{Instant, TICK_HZ, Timer};
use rand_xoshiro::rand_core::Rng;

use crate::ticks;

/// embassy's clock and timer, and a generator of your firmware.
///
/// A wait is rounded up to the tick and counted from the next one, because the current tick is partly over: it is never too
/// short, and less than two ticks too long. A wait that is longer than the range of the clock ends there.
#[derive(Debug)]
pub struct Embassy<G> {
    generator: G,
}

impl<G> Embassy<G> {
    /// Takes a generator, which must be seeded freshly, and differently on every device.
    pub const fn new(generator: G) -> Self {
        Self { generator }
    }
}

impl<G> Clock for Embassy<G> {
    #[inline]
    fn now(&self) -> Duration {
        ticks::to_duration::<TICK_HZ>(Instant::now().as_ticks())
    }
}

impl<G: Rng> Runtime for Embassy<G> {
    #[inline]
    fn random(&mut self) -> u32 {
        self.generator.next_u32()
    }
}

impl<G: Rng> Sleeper for Embassy<G> {
    type Sleep = Timer;

    #[inline]
    fn sleep(&self, duration: Duration) -> Timer {
        let ticks = ticks::of_wait::<TICK_HZ>(duration);
        // `Timer::after` panics if the sum does not fit.
        Timer::at(Instant::now().saturating_add(embassy_time::Duration::from_ticks(ticks)))
    }
}
