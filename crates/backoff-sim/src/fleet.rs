//! The clients, and when they call.

use std::time::Duration;

use backoff_core::nanos;
use serde::Deserialize;

use crate::random::Random;
use crate::text;

/// Says when calls begin: in a batch of clients that start together, or in a stream of calls.
///
/// # Examples
///
/// ```
/// use backoff_sim::{Fleet, Spike};
/// use std::time::Duration;
///
/// let together = Fleet::batch(1_000_000);
/// let spread = Fleet::batch(1_000_000).within(Duration::from_secs(60));
/// let stream = Fleet::stream(200.0, Duration::from_secs(60))
///     .with_spike(Spike { from: Duration::from_secs(20), lasting: Duration::from_secs(5), rate: 1_000.0 });
/// # let _ = (together, spread, stream);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fleet {
    arrivals: Arrivals,
    pub(crate) hosts: u32,
}

#[derive(Clone, Copy, Debug)]
enum Arrivals {
    Batch {
        clients: u64,
        /// In nanoseconds.
        within: u64,
    },
    Stream {
        /// Calls per second.
        rate: f64,
        /// In nanoseconds.
        lasting: u64,
        spike: Option<Spike>,
        /// Whether calls begin at equal intervals.
        even: bool,
    },
}

/// A time during which calls arrive at another rate.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// When it begins, counted from the start of the run.
    #[serde(deserialize_with = "text::required")]
    pub from: Duration,
    /// How long it lasts.
    #[serde(deserialize_with = "text::required")]
    pub lasting: Duration,
    /// Calls per second while it lasts.
    pub rate: f64,
}

impl Fleet {
    /// Creates a fleet of clients that each make one call, at the start of the run.
    #[must_use]
    pub const fn batch(clients: u64) -> Self {
        Self {
            arrivals: Arrivals::Batch { clients, within: 0 },
            hosts: 1,
        }
    }

    /// Creates a stream of independent calls (a Poisson process) at `rate` calls per second.
    #[must_use]
    pub const fn stream(rate: f64, lasting: Duration) -> Self {
        Self {
            arrivals: Arrivals::Stream {
                rate,
                lasting: nanos::from_duration(lasting),
                spike: None,
                even: false,
            },
            hosts: 1,
        }
    }

    /// Spreads the beginnings of a batch uniformly over a time. Does not change a stream.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        if let Arrivals::Batch { clients, .. } = self.arrivals {
            let within = nanos::from_duration(time);
            self.arrivals = Arrivals::Batch { clients, within };
        }
        self
    }

    /// Changes the rate of a stream for a time. Does not change a batch.
    #[must_use]
    pub const fn with_spike(mut self, spike: Spike) -> Self {
        if let Arrivals::Stream {
            rate,
            lasting,
            even,
            ..
        } = self.arrivals
        {
            let spike = Some(spike);
            self.arrivals = Arrivals::Stream {
                rate,
                lasting,
                spike,
                even,
            };
        }
        self
    }

    /// Makes the calls of a stream begin at equal intervals instead of at random. Does not change a batch.
    #[must_use]
    pub const fn evenly(mut self) -> Self {
        if let Arrivals::Stream {
            rate,
            lasting,
            spike,
            ..
        } = self.arrivals
        {
            self.arrivals = Arrivals::Stream {
                rate,
                lasting,
                spike,
                even: true,
            };
        }
        self
    }

    /// Sets the number of hosts that make the calls in turn; 0 counts as 1. Each host has its own budget.
    #[must_use]
    pub const fn with_hosts(mut self, hosts: u32) -> Self {
        self.hosts = if hosts == 0 { 1 } else { hosts };
        self
    }

    /// Draws when the clients of a batch begin, in nanoseconds and in any order. A stream gives none.
    pub(crate) fn beginnings<'r>(&self, random: &'r mut Random) -> impl Iterator<Item = u64> + 'r {
        let (clients, within) = match self.arrivals {
            Arrivals::Batch { clients, within } => (clients, within),
            Arrivals::Stream { .. } => (0, 0),
        };
        (0..clients).map(move |_| match within {
            0 => 0,
            within => random.below(within),
        })
    }

    /// Draws when the next call of a stream begins, in nanoseconds. Returns `None` after its end, and for a batch.
    pub(crate) fn next(&self, now: u64, random: &mut Random) -> Option<u64> {
        let Arrivals::Stream {
            rate,
            lasting,
            spike,
            even,
        } = self.arrivals
        else {
            return None;
        };
        let mut from = now;
        // A Poisson process has no memory: if the rate changes before the next call, that call is drawn again from there.
        while from < lasting {
            let (rate, end) = spike.map_or((rate, lasting), |spike| spike.rate_at(from, rate));
            let mean = if rate > 0.0 {
                1e9 / rate
            } else {
                f64::INFINITY
            };
            let gap = if even {
                (mean as u64).max(1)
            } else {
                random.exponential(mean)
            };
            let next = from.saturating_add(gap);
            if next < end.min(lasting) {
                return Some(next);
            }
            from = end;
        }
        None
    }
}

impl Spike {
    /// Returns the rate at a time, and when it changes next.
    fn rate_at(&self, now: u64, usual: f64) -> (f64, u64) {
        let from = nanos::from_duration(self.from);
        let end = from.saturating_add(nanos::from_duration(self.lasting));
        match now {
            _ if now < from => (usual, from),
            _ if now < end => (self.rate, end),
            _ => (usual, u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_stream_has_its_rate_and_during_a_spike_that_of_the_spike() {
        let fleet = Fleet::stream(100.0, Duration::from_secs(100)).with_spike(Spike {
            from: Duration::from_secs(20),
            lasting: Duration::from_secs(10),
            rate: 1_000.0,
        });
        let mut random = Random::new(1, 0);
        let (mut now, mut before, mut during, mut after) = (0, 0, 0, 0);
        while let Some(next) = fleet.next(now, &mut random) {
            now = next;
            match now / SECOND {
                ..20 => before += 1,
                20..30 => during += 1,
                _ => after += 1,
            }
        }
        assert!(now < 100 * SECOND);
        // (calls, expected, five standard deviations)
        for (calls, expected, tolerance) in [
            (before, 2_000_i32, 224),
            (during, 10_000, 500),
            (after, 7_000, 419),
        ] {
            assert!(
                (calls - expected).abs() < tolerance,
                "{calls} of {expected}"
            );
        }
    }

    #[test]
    fn a_rate_of_zero_is_no_call() {
        let fleet = Fleet::stream(0.0, Duration::from_secs(100));
        assert_eq!(fleet.next(0, &mut Random::new(1, 0)), None);
    }

    #[test]
    fn a_batch_begins_within_its_time() {
        let mut random = Random::new(1, 0);
        let fleet = Fleet::batch(1_000).within(Duration::from_secs(1));
        let latest = fleet.beginnings(&mut random).max();
        assert!(latest.is_some_and(|latest| latest > SECOND / 2 && latest < SECOND));
        let even = Fleet::stream(4.0, Duration::from_secs(1)).evenly();
        assert_eq!(even.next(SECOND / 4, &mut random), Some(SECOND / 2));
        assert!(Fleet::batch(9).beginnings(&mut random).eq([0; 9]));
    }
}
