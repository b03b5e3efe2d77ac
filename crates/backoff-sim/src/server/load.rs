//! A server that slows down under load.

use std::time::Duration;

use backoff_core::nanos;

use crate::server::{Moment, Request, Server, Step};

/// A server that is fast up to its capacity, and slow above it.
///
/// A service that falls off a cliff: a cache that no longer holds, a database that begins to swap. The load is
/// counted over the last second, in tenths of it. For one that slows down because requests queue, there is
/// [`Station`](crate::Station).
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Load, Simulation};
/// use std::time::Duration;
///
/// let database = Load::new(300.0, Duration::from_millis(100), Duration::from_secs(10));
/// let record = Simulation::new(&Policy::DEFAULT, database).run(1);
/// assert_eq!(record.ended, 100_000_000);
/// ```
#[derive(Clone, Debug)]
pub struct Load {
    /// Requests per second.
    capacity: f64,
    /// In nanoseconds.
    latency: u64,
    /// In nanoseconds.
    overloaded: u64,
    /// The tenth under way, counted from the start of the run.
    current: u64,
    /// The requests of this tenth of a second and the ten before it, by their number modulo eleven.
    counts: [u64; KEPT],
}

/// A tenth of a second, in nanoseconds.
const TENTH: u64 = 100_000_000;
const KEPT: usize = 11;

impl Load {
    /// Makes a server that answers after `latency` while it gets at most `capacity` requests per second, and
    /// after `overloaded` while it gets more.
    #[must_use]
    pub fn new(capacity: f64, latency: Duration, overloaded: Duration) -> Self {
        Self {
            capacity,
            latency: nanos::from_duration(latency),
            overloaded: nanos::from_duration(overloaded),
            current: 0,
            counts: [0; KEPT],
        }
    }

    /// Counts a request, and returns how many came in the last second.
    fn count(&mut self, now: u64) -> f64 {
        let tenth = now / TENTH;
        let index = |tenth: u64| (tenth % KEPT as u64) as usize;
        let passed = (tenth - self.current).min(KEPT as u64);
        for offset in 0..passed {
            self.counts[index(tenth - offset)] = 0;
        }
        self.current = tenth;
        self.counts[index(tenth)] += 1;
        // The oldest tenth is only in part of the last second.
        let oldest = self.counts[index(tenth + 1)] as f64;
        let gone = (now % TENTH) as f64 / TENTH as f64;
        self.counts.iter().sum::<u64>() as f64 - oldest * gone
    }
}

impl Server for Load {
    fn receive(&mut self, _request: &mut Request, moment: &mut Moment<'_>) -> Step {
        let after = if self.count(moment.now) > self.capacity {
            self.overloaded
        } else {
            self.latency
        };
        Step::Answer {
            after,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, Random};

    #[test]
    fn is_slow_above_its_capacity_and_fast_again_a_window_later() {
        let fast = Duration::from_millis(1);
        let mut server = Load::new(10.0, fast, Duration::from_secs(1));
        let mut random = Random::new(1, 0);
        let mut after = |now| {
            let mut moment = Moment {
                now,
                network: Network::default(),
                random: &mut random,
            };
            match server.receive(&mut Request::default(), &mut moment) {
                Step::Answer { after, .. } => after,
                step => panic!("{step:?}"),
            }
        };
        let second = 1_000_000_000;
        assert!((0..10).all(|i| after(i) == 1_000_000));
        assert_eq!(after(second / 2), second);
        assert_eq!(after(second * 11 / 10), 1_000_000); // the first ten were more than a second ago
        assert_eq!(after(100 * second), 1_000_000);
    }
}
