//! Workers behind a queue.

use std::collections::VecDeque;
use std::time::Duration;

use backoff_core::{Failure, nanos};

use crate::server::{Moment, Request, Server, Step};

/// Workers behind a queue of limited length.
///
/// First come, first served; a request that finds the queue full is refused at once as throttled. Work that a
/// client no longer waits for is done all the same, which is how retries eat a server's capacity. Service
/// times are exponentially distributed.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Simulation, Station};
/// use std::time::Duration;
///
/// // One worker, and no room to wait: of ten clients that call at once and never again, one is served.
/// let station = Station::new(1, Duration::from_millis(10)).with_room(0);
/// let policy = Policy::DEFAULT.with_max_attempts(1);
/// let record = Simulation::new(&policy, station).with_fleet(Fleet::batch(10)).run(1);
/// assert_eq!(record.succeeded, 1);
/// ```
#[derive(Clone, Debug)]
pub struct Station {
    /// When each worker is free again, in nanoseconds.
    free: Vec<u64>,
    /// When each waiting request begins to be served, in the order of arrival.
    waiting: VecDeque<u64>,
    /// The mean, in nanoseconds.
    service: u64,
    room: usize,
    /// What refusing a request takes of a worker's time, in nanoseconds.
    refusal: u64,
    /// From when until when nobody works, in nanoseconds.
    stall: (u64, u64),
}

impl Station {
    /// Makes a station of so many workers, at least one, and a mean service time, with room for 1,000 requests
    /// to wait.
    #[must_use]
    pub fn new(workers: usize, service: Duration) -> Self {
        Self {
            free: vec![0; workers.max(1)],
            waiting: VecDeque::new(),
            service: nanos::from_duration(service),
            room: 1_000,
            refusal: 0,
            stall: (0, 0),
        }
    }

    /// Sets how many requests may wait beside those being served.
    #[must_use]
    pub const fn with_room(mut self, room: usize) -> Self {
        self.room = room;
        self
    }

    /// Sets how much of a worker's time it takes to refuse a request; without this, none.
    ///
    /// The refusal itself is sent at once. It is the time for accepting a connection, decrypting and parsing that
    /// lets servers collapse that refuse what they cannot serve.
    #[must_use]
    pub const fn with_refusal_cost(mut self, time: Duration) -> Self {
        self.refusal = nanos::from_duration(time);
        self
    }

    /// Lets the workers begin nothing for a time, while requests go on to queue.
    #[must_use]
    pub const fn with_stall(mut self, from: Duration, lasting: Duration) -> Self {
        let from = nanos::from_duration(from);
        self.stall = (from, from.saturating_add(nanos::from_duration(lasting)));
        self
    }
}

impl Server for Station {
    fn receive(&mut self, _request: &mut Request, moment: &mut Moment<'_>) -> Step {
        let now = moment.now;
        while self.waiting.front().is_some_and(|begin| *begin <= now) {
            self.waiting.pop_front();
        }
        let Some(worker) = self.free.iter_mut().min() else {
            return Step::Silence;
        };
        let (stall, resume) = self.stall;
        let begin = match now.max(*worker) {
            begin if stall <= begin => begin.max(resume),
            begin => begin,
        };
        if begin > now {
            if self.waiting.len() >= self.room {
                *worker = worker.saturating_add(self.refusal);
                return Step::Answer {
                    after: 0,
                    failure: Some(Failure::throttled()),
                };
            }
            self.waiting.push_back(begin);
        }
        *worker = begin + moment.random.exponential(self.service as f64);
        Step::Answer {
            after: *worker - now,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, Random};

    #[test]
    fn a_queue_at_half_load_waits_as_long_as_theory_says() {
        // M/M/1 at a load of one half: a request is in the system for twice the service time in the mean.
        let mut station = Station::new(1, Duration::from_millis(10));
        let mut random = Random::new(3, 0);
        let (mut now, mut total, requests) = (0, 0, 200_000);
        for _ in 0..requests {
            now += random.exponential(20e6);
            let mut moment = Moment {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let step = station.receive(&mut Request::default(), &mut moment);
            let Step::Answer { after, .. } = step else {
                panic!("{step:?}");
            };
            total += after;
        }
        let mean = total / requests;
        assert!(mean.abs_diff(20_000_000) < 600_000, "{mean} ns");
    }

    #[test]
    fn a_full_queue_refuses_and_has_room_again_later() {
        let mut station = Station::new(2, Duration::from_secs(1)).with_room(3);
        let mut random = Random::new(1, 0);
        let mut receive = |now| {
            let mut moment = Moment {
                now,
                network: Network::default(),
                random: &mut random,
            };
            match station.receive(&mut Request::default(), &mut moment) {
                Step::Answer { failure, .. } => failure,
                step => panic!("{step:?}"),
            }
        };
        let at_once: Vec<_> = (0..7).map(|_| receive(0)).collect();
        let refused = Some(Failure::throttled());
        assert_eq!(at_once, [None, None, None, None, None, refused, refused]);
        assert_eq!(receive(100_000_000_000), None);
    }

    #[test]
    fn refusing_takes_time_from_serving() {
        let mut station = Station::new(1, Duration::from_nanos(1))
            .with_room(0)
            .with_refusal_cost(Duration::from_secs(1));
        let mut random = Random::new(1, 0);
        station.free = vec![10];
        // (arrival in nanoseconds, whether it is refused)
        for (now, refused) in [(9, true), (999_999_999, true), (2_100_000_000, false)] {
            let mut moment = Moment {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let step = station.receive(&mut Request::default(), &mut moment);
            let failed = matches!(
                step,
                Step::Answer {
                    failure: Some(_),
                    ..
                }
            );
            assert_eq!(failed, refused, "{now}");
        }
    }

    #[test]
    fn nothing_is_begun_during_a_stall() {
        let second = Duration::from_secs(1);
        let mut station = Station::new(1, Duration::from_nanos(1)).with_stall(second, second);
        let mut random = Random::new(1, 0);
        // (arrival, end of service) in milliseconds
        for (now, end) in [(999, 999), (1_000, 2_000), (1_500, 2_000), (2_001, 2_001)] {
            let now = now * 1_000_000;
            let mut moment = Moment {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let step = station.receive(&mut Request::default(), &mut moment);
            let Step::Answer { after, .. } = step else {
                panic!("{step:?}");
            };
            assert_eq!((now + after) / 1_000_000, end, "{now}");
        }
    }
}
