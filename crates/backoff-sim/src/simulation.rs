//! The run: calls, attempts and waits, in the order of time.

use std::time::Duration;

use backoff_core::{Decision, Failure, GiveUp, Policy, Progress, Schedule, nanos};

use crate::fleet::Fleet;
use crate::network::Network;
use crate::queue::Queue;
use crate::random::Random;
use crate::record::{ATTEMPTS, BEGUN, Record, SUCCEEDED};
use crate::server::{Moment, Request, Server, Step};

/// A fleet of clients that call a server under one policy.
///
/// Each client is a [`Retry`](backoff_core::Retry) of `backoff-core`, and nothing about retrying is decided
/// anywhere else. The timeout of an attempt and the deadline are the policy's. A timeout, and a message that is
/// longer under way than it, is a transient failure.
///
/// # Examples
///
/// What a million clients do to a server that is out for ten seconds:
///
/// ```no_run
/// use backoff_core::Policy;
/// use backoff_sim::{Faults, Fleet, Outage, Simulation, Steady};
/// use std::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let outage = Outage { from: Duration::ZERO, lasting: Duration::from_secs(10), silent: false };
/// let server = Faults::new(Steady::new(Duration::from_millis(5))).with_outage(outage);
/// let record = Simulation::new(&POLICY, server).with_fleet(Fleet::batch(1_000_000)).run(1);
/// println!("{} of {} calls succeeded", record.succeeded, record.calls);
/// ```
#[derive(Clone, Debug)]
pub struct Simulation<'p, S, V> {
    policy: &'p Policy<S>,
    server: V,
    fleet: Fleet,
    network: Network,
    /// The longest wait, in nanoseconds.
    cut: u64,
    /// In nanoseconds.
    until: u64,
}

impl<'p, S: Schedule, V: Server + Clone> Simulation<'p, S, V> {
    /// Makes a simulation of one client without a network between it and the server, for an hour at most.
    #[must_use]
    pub const fn new(policy: &'p Policy<S>, server: V) -> Self {
        Self {
            policy,
            server,
            fleet: Fleet::batch(1),
            network: Network::constant(Duration::ZERO),
            cut: u64::MAX,
            until: nanos::from_duration(Duration::from_secs(3_600)),
        }
    }

    /// Sets who calls, and when.
    #[must_use]
    pub const fn with_fleet(mut self, fleet: Fleet) -> Self {
        self.fleet = fleet;
        self
    }

    /// Sets the way between the clients and the server.
    #[must_use]
    pub const fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Cuts every wait at `longest`, after it was drawn.
    ///
    /// The core draws within the maximum delay, so that a delay at the maximum is still random. Other libraries
    /// cut what was drawn; this is for comparing with them. Decorrelated jitter as published in 2015, with a cap
    /// of `c`, is that of the core with a maximum delay of `3 * c` and a cut at `c`.
    #[must_use]
    pub const fn with_cut(mut self, longest: Duration) -> Self {
        self.cut = nanos::from_duration(longest);
        self
    }

    /// Sets the time after which a run is broken off.
    #[must_use]
    pub const fn with_time_limit(mut self, limit: Duration) -> Self {
        self.until = nanos::from_duration(limit);
        self
    }

    /// Puts another server in place of this one, usually something before it.
    #[must_use]
    pub fn with_server<W: Server + Clone>(
        self,
        replace: impl FnOnce(V) -> W,
    ) -> Simulation<'p, S, W> {
        Simulation {
            policy: self.policy,
            server: replace(self.server),
            fleet: self.fleet,
            network: self.network,
            cut: self.cut,
            until: self.until,
        }
    }

    /// Runs it with the first generator of a seed.
    #[must_use]
    pub fn run(&self, seed: u64) -> Record {
        self.run_with(Random::new(seed, 0))
    }

    /// Runs it with a generator.
    #[must_use]
    pub fn run_with(&self, random: Random) -> Record {
        let mut run = Run {
            setting: self,
            server: self.server.clone(),
            random,
            queue: Queue::new(),
            calls: Vec::new(),
            idle: Vec::new(),
            record: Record::new(),
        };
        run.begin();
        while let Some((now, event)) = run.queue.pop() {
            if now > self.until {
                break;
            }
            run.record.events += 1;
            run.handle(now, event);
        }
        run.record
    }
}

/// What happens at a moment.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A call of a stream begins.
    Begin,
    /// A request reaches the server.
    Request(u32),
    /// The answer reaches the client.
    Answer(u32),
    /// The client stops waiting for the answer.
    Timeout(u32),
}

/// A call under way.
#[derive(Clone, Copy, Debug)]
struct Call {
    /// When its first attempt began, in nanoseconds.
    began: u64,
    /// When the attempt under way times out, in nanoseconds.
    limit: u64,
    progress: Progress,
    /// What the answer on its way says.
    failure: Option<Failure>,
    request: Request,
}

struct Run<'a, 'p, S, V> {
    setting: &'a Simulation<'p, S, V>,
    server: V,
    random: Random,
    queue: Queue<Event>,
    calls: Vec<Call>,
    /// The places in `calls` that are free again.
    idle: Vec<u32>,
    record: Record,
}

impl<S: Schedule, V: Server> Run<'_, '_, S, V> {
    fn begin(&mut self) {
        let fleet = self.setting.fleet;
        let beginnings: Vec<u64> = fleet.beginnings(&mut self.random).collect();
        self.calls.reserve(beginnings.len());
        for began in beginnings {
            self.start(began);
        }
        if let Some(first) = fleet.next(0, &mut self.random) {
            self.queue.push(first, Event::Begin);
        }
    }

    #[inline]
    fn handle(&mut self, now: u64, event: Event) {
        match event {
            Event::Begin => {
                self.start(now);
                if let Some(next) = self.setting.fleet.next(now, &mut self.random) {
                    self.queue.push(next, Event::Begin);
                }
            }
            Event::Request(id) => self.receive(now, id),
            Event::Answer(id) => match self.calls[id as usize].failure {
                Some(failure) => self.fail(now, id, failure),
                None => self.succeed(now, id),
            },
            Event::Timeout(id) => self.fail(now, id, Failure::transient()),
        }
    }

    fn start(&mut self, now: u64) {
        let call = Call {
            began: now,
            limit: u64::MAX,
            progress: Progress::START,
            failure: None,
            request: Request::default(),
        };
        let id = if let Some(id) = self.idle.pop() {
            self.calls[id as usize] = call;
            id
        } else {
            self.calls.push(call);
            (self.calls.len() - 1) as u32
        };
        self.record.calls += 1;
        self.record.late.0 += u64::from(self.is_late(now));
        self.record.series.note(BEGUN, now);
        self.send(now, id);
    }

    /// Sends the request of an attempt, now or at a moment to come.
    #[inline]
    fn send(&mut self, at: u64, id: u32) {
        let call = &mut self.calls[id as usize];
        let elapsed = nanos::to_duration(at - call.began);
        let timeout = self
            .setting
            .policy
            .resume(call.progress)
            .attempt_timeout(elapsed);
        call.limit = timeout.map_or(u64::MAX, |timeout| {
            at.saturating_add(nanos::from_duration(timeout))
        });
        call.request = Request::default();
        let arrival = at + self.setting.network.trip(&mut self.random);
        self.expect(id, arrival, Event::Request(id));
    }

    /// Files an event of an attempt, or its timeout if that comes first.
    #[inline]
    fn expect(&mut self, id: u32, time: u64, event: Event) {
        let limit = self.calls[id as usize].limit;
        if time <= limit {
            self.queue.push(time, event);
        } else {
            self.queue.push(limit, Event::Timeout(id));
        }
    }

    #[inline]
    fn receive(&mut self, now: u64, id: u32) {
        let network = self.setting.network;
        let call = &mut self.calls[id as usize];
        let first = call.request.stage == 0;
        let mut moment = Moment {
            now,
            network,
            random: &mut self.random,
        };
        let step = self.server.receive(&mut call.request, &mut moment);
        call.request.stage += 1;
        if first {
            self.record.attempts += 1;
            self.record.series.note(ATTEMPTS, now);
        }
        match step {
            Step::Again { after } => self.expect(id, now + after, Event::Request(id)),
            Step::Answer { after, failure } => {
                call.failure = failure;
                let back = network.trip(&mut self.random);
                self.expect(id, now.saturating_add(after + back), Event::Answer(id));
            }
            Step::Silence => self.expect(id, u64::MAX, Event::Timeout(id)),
        }
    }

    #[inline]
    fn fail(&mut self, now: u64, id: u32, failure: Failure) {
        let call = &mut self.calls[id as usize];
        let mut retry = self.setting.policy.resume(call.progress);
        let elapsed = nanos::to_duration(now - call.began);
        match retry.on_failure(elapsed, failure, self.random.word()) {
            Decision::Retry { after } => {
                call.progress = retry.progress();
                let wait = nanos::from_duration(after).min(self.setting.cut);
                self.send(now.saturating_add(wait), id);
            }
            Decision::GiveUp(reason) => self.give_up(now, id, reason),
        }
    }

    fn give_up(&mut self, now: u64, id: u32, reason: GiveUp) {
        self.record.give_up(reason);
        self.end(now, id);
    }

    #[inline]
    fn succeed(&mut self, now: u64, id: u32) {
        let began = self.calls[id as usize].began;
        self.record.succeeded += 1;
        self.record.late.1 += u64::from(self.is_late(began));
        self.record.durations.note(now - began);
        self.record.series.note(SUCCEEDED, now);
        self.end(now, id);
    }

    #[inline]
    fn end(&mut self, now: u64, id: u32) {
        let attempts = self.calls[id as usize].progress.attempt();
        self.record.end(now, attempts);
        self.idle.push(id);
    }

    #[inline]
    fn is_late(&self, began: u64) -> bool {
        let tenth = self.setting.until / 10;
        (8 * tenth..9 * tenth).contains(&began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Faults, Outage, Row, Steady};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn the_same_seed_gives_the_same_run_and_another_seed_another() {
        let policy = Policy::DEFAULT.retry_forever();
        let simulation = Simulation::new(&policy, Row::new())
            .with_fleet(Fleet::batch(50))
            .with_network(Network::normal(MS(10), MS(2)));
        let (one, same, other) = (simulation.run(1), simulation.run(1), simulation.run(2));
        assert_eq!(
            (one.ended, one.attempts, &one.series),
            (same.ended, same.attempts, &same.series)
        );
        assert_ne!(one.ended, other.ended);
    }

    #[test]
    fn a_silent_server_is_left_at_the_timeout_and_given_up_at_the_deadline() {
        let outage = |silent| Outage {
            from: Duration::ZERO,
            lasting: Duration::MAX,
            silent,
        };
        let policy = Policy::constant(MS(100))
            .with_jitter(backoff_core::Jitter::None)
            .with_attempt_timeout(MS(200))
            .retry_forever()
            .with_deadline(MS(1_000));
        // (silent, attempts, end in ms): each attempt takes 200 ms or no time, and each wait 100 ms.
        for (silent, attempts, end) in [(true, 4, 1_000), (false, 11, 1_000)] {
            let server = Faults::new(Steady::new(MS(1))).with_outage(outage(silent));
            let record = Simulation::new(&policy, server).run(1);
            assert_eq!(
                (record.succeeded, record.attempts),
                (0, attempts),
                "{silent}"
            );
            assert_eq!(record.ended, end * 1_000_000, "{silent}");
            assert_eq!(record.gave_up, [0, 0, 1, 0, 0, 0], "{silent}");
        }
    }

    #[test]
    fn a_run_is_broken_off_at_its_time_limit() {
        let policy = Policy::constant(MS(100)).retry_forever().without_deadline();
        let dead = Faults::new(Steady::new(MS(1))).with_probability(1.0);
        let record = Simulation::new(&policy, dead)
            .with_time_limit(MS(10_000))
            .run(1);
        assert_eq!((record.calls, record.succeeded, record.ended), (1, 0, 0));
        assert!((150..250).contains(&record.attempts), "{}", record.attempts);
    }

    #[test]
    fn attempts_are_counted_as_the_core_counts_them() {
        let policy = Policy::DEFAULT.with_max_attempts(4);
        let dead = Faults::new(Steady::new(MS(1))).with_probability(1.0);
        let record = Simulation::new(&policy, dead)
            .with_fleet(Fleet::batch(1_000))
            .run(1);
        assert_eq!((record.attempts, record.tries[4]), (4_000, 1_000));
        assert_eq!(record.gave_up, [1_000, 0, 0, 0, 0, 0]);
    }
}
