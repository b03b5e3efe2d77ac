//! Random numbers that are known in advance.

use std::time::Duration;

use backoff_driver::{BlockingSleeper, Clock, OsInstant, Runtime, Sleeper};

/// A runtime with random numbers that are known in advance.
pub(super) struct Known<'r, R> {
    runtime: &'r R,
    random: Quarters,
}

impl<'r, R> Known<'r, R> {
    pub(super) fn of(runtime: &'r R) -> Self {
        let random = Quarters::default();
        Self { runtime, random }
    }
}

impl<R: Clock> Clock for Known<'_, R> {
    fn now(&self) -> Duration {
        self.runtime.now()
    }

    fn instant(&self) -> Option<OsInstant> {
        self.runtime.instant()
    }
}

impl<R: Runtime> Runtime for Known<'_, R> {
    fn random(&mut self) -> u32 {
        self.random.next()
    }
}

impl<R: Sleeper> Sleeper for Known<'_, R> {
    type Sleep = R::Sleep;

    fn sleep(&self, duration: Duration) -> R::Sleep {
        self.runtime.sleep(duration)
    }
}

impl<R: BlockingSleeper> BlockingSleeper for Known<'_, R> {
    fn block(&self, duration: Duration) {
        self.runtime.block(duration);
    }
}

/// Draws a quarter, a half, three quarters of all that there is, and so on.
#[derive(Default)]
pub(super) struct Quarters {
    drawn: u32,
}

impl Quarters {
    pub(super) fn next(&mut self) -> u32 {
        self.drawn = self.drawn % 3 + 1;
        self.drawn << 30
    }
}
