//! A clock and a generator as one runtime.

use core::time::Duration;

use rand_core::Rng;

use super::instant::OsInstant;
use super::{BlockingSleeper, Clock, Runtime, Sleeper};

/// Joins a clock or a timer with a random generator of yours.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{Attempts, WithRandom};
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
///
/// let random = Xoshiro128PlusPlus::seed_from_u64(0x5eed); // a real program seeds it from the hardware
/// let runtime = WithRandom::new(VirtualClock::new(), random);
/// let script = Script::fails(2, "reset").then(42);
/// assert_eq!(Attempts::new(&Policy::DEFAULT, runtime).call(|| script.play()), Ok(42));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WithRandom<C, G> {
    clock: C,
    generator: G,
}

impl<C, G> WithRandom<C, G> {
    /// Joins a clock and a generator. If the clock draws numbers itself, the generator replaces them.
    pub const fn new(clock: C, generator: G) -> Self {
        Self { clock, generator }
    }
}

impl<C: Clock, G> Clock for WithRandom<C, G> {
    #[inline]
    fn now(&self) -> Duration {
        self.clock.now()
    }

    #[inline]
    fn instant(&self) -> Option<OsInstant> {
        self.clock.instant()
    }
}

impl<C: Clock, G: Rng> Runtime for WithRandom<C, G> {
    #[inline]
    fn random(&mut self) -> u32 {
        self.generator.next_u32()
    }
}

impl<C: Sleeper, G: Rng> Sleeper for WithRandom<C, G> {
    type Sleep = C::Sleep;

    #[inline]
    fn sleep(&self, duration: Duration) -> C::Sleep {
        self.clock.sleep(duration)
    }
}

impl<C: BlockingSleeper, G: Rng> BlockingSleeper for WithRandom<C, G> {
    #[inline]
    fn block(&self, duration: Duration) {
        self.clock.block(duration);
    }
}
