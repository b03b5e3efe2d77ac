//! Workers that share a queue.

use std::collections::VecDeque;
use std::time::Duration;

use backoff_core::{Failure, nanos};

use super::model::{Arrival, Request, Response, Server};

/// Workers that share a queue of limited length.
///
/// Requests are served in the order of arrival. A request that finds the queue full is refused at once, with a
/// throttled failure. A worker also serves requests whose client no longer waits: this is how retries use up a
/// server's capacity. Service times are exponentially distributed.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Simulation, WorkerPool};
/// use std::time::Duration;
///
/// // One worker and an empty queue: of ten clients that call once, at the same time, one is served.
/// let pool = WorkerPool::new(1, Duration::from_millis(10)).with_room(0);
/// let policy = Policy::DEFAULT.with_max_attempts(1);
/// let record = Simulation::new(&policy, pool).with_fleet(Fleet::batch(10)).run(1);
/// assert_eq!(record.succeeded, 1);
/// ```
#[derive(Clone, Debug)]
pub struct WorkerPool {
    /// When each worker is free again, in nanoseconds.
    free: Vec<u64>,
    /// When the service of each waiting request begins, in the order of arrival.
    waiting: VecDeque<u64>,
    /// The mean service time, in nanoseconds.
    service: u64,
    room: usize,
    /// The time that a worker spends on refusing a request, in nanoseconds.
    refusal: u64,
    /// The beginning and the end of the time in which no service begins, in nanoseconds.
    stall: (u64, u64),
}

impl WorkerPool {
    /// Creates a pool of `workers` (0 counts as 1) with this mean service time, where up to 1,000 requests wait.
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

    /// Sets how many requests may wait, besides those in service. The default is 1,000.
    #[must_use]
    pub const fn with_room(mut self, room: usize) -> Self {
        self.room = room;
        self
    }

    /// Sets the time that a worker spends on refusing a request. The default is none.
    ///
    /// The refusal itself is sent at once. Accepting a connection, decrypting and parsing take time even for a
    /// request that is refused, and can use up the capacity of an overloaded server.
    #[must_use]
    pub const fn with_refusal_cost(mut self, time: Duration) -> Self {
        self.refusal = nanos::from_duration(time);
        self
    }

    /// Stalls the workers for a time: no service begins, while requests continue to queue.
    #[must_use]
    pub const fn with_stall(mut self, from: Duration, lasting: Duration) -> Self {
        let from = nanos::from_duration(from);
        self.stall = (from, from.saturating_add(nanos::from_duration(lasting)));
        self
    }
}

impl Server for WorkerPool {
    fn receive(&mut self, _request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        let now = arrival.now;
        while self.waiting.front().is_some_and(|begin| *begin <= now) {
            self.waiting.pop_front();
        }
        let Some(worker) = self.free.iter_mut().min() else {
            return Response::Silence;
        };
        let (stall, resume) = self.stall;
        let begin = match now.max(*worker) {
            begin if stall <= begin => begin.max(resume),
            begin => begin,
        };
        if begin > now {
            if self.waiting.len() >= self.room {
                *worker = worker.saturating_add(self.refusal);
                return Response::Answer {
                    after: 0,
                    failure: Some(Failure::throttled()),
                };
            }
            self.waiting.push_back(begin);
        }
        *worker = begin.saturating_add(arrival.random.exponential(self.service as f64));
        Response::Answer {
            after: *worker - now,
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
    fn a_queue_at_half_load_waits_as_long_as_theory_says() {
        // M/M/1 at a load of one half: a request is in the system for twice the service time in the mean.
        let mut pool = WorkerPool::new(1, Duration::from_millis(10));
        let mut random = Random::new(3, 0);
        let (mut now, mut total, requests) = (0, 0, 200_000);
        for _ in 0..requests {
            now += random.exponential(20e6);
            let mut arrival = Arrival {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let response = pool.receive(&mut Request::default(), &mut arrival);
            let Response::Answer { after, .. } = response else {
                panic!("{response:?}");
            };
            total += after;
        }
        let mean = total / requests;
        assert!(mean.abs_diff(20_000_000) < 600_000, "{mean} ns");
    }

    #[test]
    fn a_full_queue_refuses_and_has_room_again_later() {
        let mut pool = WorkerPool::new(2, Duration::from_secs(1)).with_room(3);
        let mut random = Random::new(1, 0);
        let mut receive = |now| {
            let mut arrival = Arrival {
                now,
                network: Network::default(),
                random: &mut random,
            };
            match pool.receive(&mut Request::default(), &mut arrival) {
                Response::Answer { failure, .. } => failure,
                other => panic!("{other:?}"),
            }
        };
        let at_once: Vec<_> = (0..7).map(|_| receive(0)).collect();
        let refused = Some(Failure::throttled());
        assert_eq!(at_once, [None, None, None, None, None, refused, refused]);
        assert_eq!(receive(100_000_000_000), None);
    }

    #[test]
    fn refusing_takes_time_from_serving() {
        let mut pool = WorkerPool::new(1, Duration::from_nanos(1))
            .with_room(0)
            .with_refusal_cost(Duration::from_secs(1));
        let mut random = Random::new(1, 0);
        pool.free = vec![10];
        // (arrival in nanoseconds, whether it is refused)
        for (now, refused) in [(9, true), (999_999_999, true), (2_100_000_000, false)] {
            let mut arrival = Arrival {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let response = pool.receive(&mut Request::default(), &mut arrival);
            let failed = matches!(
                response,
                Response::Answer {
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
        let mut pool = WorkerPool::new(1, Duration::from_nanos(1)).with_stall(second, second);
        let mut random = Random::new(1, 0);
        // (arrival, end of service) in milliseconds
        for (now, end) in [(999, 999), (1_000, 2_000), (1_500, 2_000), (2_001, 2_001)] {
            let now = now * 1_000_000;
            let mut arrival = Arrival {
                now,
                network: Network::default(),
                random: &mut random,
            };
            let response = pool.receive(&mut Request::default(), &mut arrival);
            let Response::Answer { after, .. } = response else {
                panic!("{response:?}");
            };
            assert_eq!((now + after) / 1_000_000, end, "{now}");
        }
    }
}
