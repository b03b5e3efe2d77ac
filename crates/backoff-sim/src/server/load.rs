//! A server that slows down under load.

use std::time::Duration;

use backoff_core::nanos;

use crate::server::{Moment, Request, Server, Step};

/// A server that is fast up to its capacity, and slow above it.
///
/// The database in the first example of Bronson, Aghayev, Charapko and Zhu, "Metastable Failures in Distributed
/// Systems", HotOS 2021: it answers in 100 ms up to 300 requests per second, and in 10 s above.
///
/// The load is counted over a sliding window, in tenths of it.
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
    /// Requests in a window.
    capacity: f64,
    /// In nanoseconds.
    latency: u64,
    /// In nanoseconds.
    overloaded: u64,
    /// A tenth of the window, in nanoseconds, at least one.
    tenth: u64,
    /// The tenth under way, counted from the start of the run.
    current: u64,
    /// The requests of the last ten tenths, by their number modulo ten.
    counts: [u64; TENTHS],
}

const TENTHS: usize = 10;

impl Load {
    /// Makes a server that answers after `latency` while it gets at most `capacity` requests per second, and
    /// after `overloaded` while it gets more. The window is a second.
    #[must_use]
    pub fn new(capacity: f64, latency: Duration, overloaded: Duration) -> Self {
        Self {
            capacity,
            latency: nanos::from_duration(latency),
            overloaded: nanos::from_duration(overloaded),
            tenth: 1_000_000_000 / TENTHS as u64,
            current: 0,
            counts: [0; TENTHS],
        }
    }

    /// Forgets the tenths that have left the window.
    fn slide(&mut self, now: u64) {
        let tenth = now / self.tenth;
        let passed = (tenth - self.current).min(TENTHS as u64);
        for offset in 0..passed {
            self.counts[((tenth - offset) % TENTHS as u64) as usize] = 0;
        }
        self.current = tenth;
    }
}

impl Server for Load {
    fn receive(&mut self, _request: &mut Request, moment: &mut Moment<'_>) -> Step {
        self.slide(moment.now);
        self.counts[(self.current % TENTHS as u64) as usize] += 1;
        let load: u64 = self.counts.iter().sum();
        let after = if load as f64 > self.capacity {
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
        assert_eq!(after(second), 1_000_000); // the first ten have left the window
        assert_eq!(after(100 * second), 1_000_000);
    }
}
