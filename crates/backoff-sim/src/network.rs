//! The network between a client and the server.

use std::time::Duration;

use backoff_core::nanos;

use crate::random::Random;

/// Delays the messages between a client and the server.
///
/// Delays are normally distributed, without their sign, like in Marc Brooker's simulator of 2015.
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
    /// Creates a network in which every message takes this time, which may be zero.
    #[must_use]
    pub const fn constant(delay: Duration) -> Self {
        Self::normal(delay, Duration::ZERO)
    }

    /// Creates a network whose delays have this mean and standard deviation.
    #[must_use]
    pub const fn normal(mean: Duration, deviation: Duration) -> Self {
        Self {
            mean: nanos::from_duration(mean),
            deviation: nanos::from_duration(deviation),
        }
    }

    /// Draws how long one message takes, in nanoseconds.
    #[inline]
    pub fn trip(&self, random: &mut Random) -> u64 {
        if self.deviation == 0 {
            self.mean
        } else {
            random.normal(self.mean as f64, self.deviation as f64)
        }
    }
}
