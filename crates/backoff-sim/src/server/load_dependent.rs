//! A server that is slow above its capacity.

use std::time::Duration;

use backoff_core::nanos;

use super::model::{Arrival, Request, Response, Server};

/// A server that answers fast up to its capacity, and slowly above it.
///
/// Use it for a service that loses its speed at once: its cache no longer fits, or its database begins to swap.
/// The load is the number of requests in the last second, counted in intervals of 100 ms. For a service that
/// slows down because requests queue, use [`WorkerPool`](crate::WorkerPool).
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{LoadDependent, Simulation};
/// use std::time::Duration;
///
/// let database = LoadDependent::new(300.0, Duration::from_millis(100), Duration::from_secs(10));
/// let record = Simulation::new(&Policy::DEFAULT, database).run(1);
/// assert_eq!(record.ended, 100_000_000);
/// ```
#[derive(Clone, Debug)]
pub struct LoadDependent {
    /// Requests per second.
    capacity: f64,
    /// In nanoseconds.
    latency: u64,
    /// In nanoseconds.
    overloaded: u64,
    /// The current tenth of a second, counted from the start of the run.
    current: u64,
    /// The requests of this tenth of a second and of the ten before it, indexed by their number modulo eleven.
    counts: [u64; KEPT],
}

/// A tenth of a second, in nanoseconds.
const TENTH: u64 = 100_000_000;
const KEPT: usize = 11;

impl LoadDependent {
    /// Creates a server that answers after `latency` while it gets at most `capacity` requests per second, and
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

    /// Counts a request, and returns how many arrived in the last second.
    fn count(&mut self, now: u64) -> f64 {
        let tenth = now / TENTH;
        let index = |tenth: u64| (tenth % KEPT as u64) as usize;
        let passed = (tenth - self.current).min(KEPT as u64);
        for offset in 0..passed {
            self.counts[index(tenth - offset)] = 0;
        }
        self.current = tenth;
        self.counts[index(tenth)] += 1;
        // Only a part of the oldest tenth belongs to the last second.
        let oldest = self.counts[index(tenth + 1)] as f64;
        let gone = (now % TENTH) as f64 / TENTH as f64;
        self.counts.iter().sum::<u64>() as f64 - oldest * gone
    }
}

impl Server for LoadDependent {
    fn receive(&mut self, _request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        let after = if self.count(arrival.now) > self.capacity {
            self.overloaded
        } else {
            self.latency
        };
        Response::Answer {
            after,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::random::Random;

    #[test]
    fn is_slow_above_its_capacity_and_fast_again_a_window_later() {
        let fast = Duration::from_millis(1);
        let mut server = LoadDependent::new(10.0, fast, Duration::from_secs(1));
        let mut random = Random::new(1, 0);
        let mut after = |now| {
            let mut arrival = Arrival {
                now,
                network: Network::default(),
                random: &mut random,
            };
            match server.receive(&mut Request::default(), &mut arrival) {
                Response::Answer { after, .. } => after,
                other => panic!("{other:?}"),
            }
        };
        let second = 1_000_000_000;
        assert!((0..10).all(|i| after(i) == 1_000_000));
        assert_eq!(after(second / 2), second);
        assert_eq!(after(second * 11 / 10), 1_000_000); // the first ten were more than a second ago
        assert_eq!(after(100 * second), 1_000_000);
    }
}
