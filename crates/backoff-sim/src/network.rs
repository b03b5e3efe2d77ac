//! The way between a client and the server.

use std::time::Duration;

use backoff_core::nanos;

use crate::random::Random;

/// The way between a client and the server: how long a message is under way.
///
/// Normally distributed, its sign dropped, as in Marc Brooker's simulator of 2015.
///
/// # Examples
///
/// ```
/// use backoff_sim::{Network, Random};
/// use std::time::Duration;
///
/// let network = Network::constant(Duration::from_millis(3));
/// assert_eq!(network.trip(&mut Random::new(1, 0)), 3_000_000);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Network {
    /// In nanoseconds.
    mean: u64,
    /// In nanoseconds.
    deviation: u64,
}

impl Network {
    /// Makes a network in which every message takes the same time; zero is one in which it takes none.
    #[must_use]
    pub const fn constant(delay: Duration) -> Self {
        Self::normal(delay, Duration::ZERO)
    }

    /// Makes a network whose delays have this mean and standard deviation.
    #[must_use]
    pub const fn normal(mean: Duration, deviation: Duration) -> Self {
        Self {
            mean: nanos::from_duration(mean),
            deviation: nanos::from_duration(deviation),
        }
    }

    /// How long one message is under way, in nanoseconds.
    #[inline]
    pub fn trip(&self, random: &mut Random) -> u64 {
        if self.deviation == 0 {
            self.mean
        } else {
            random.normal(self.mean as f64, self.deviation as f64)
        }
    }
}
