//! A simulation, described in Rust.

mod event_queue;
mod run;

use std::time::Duration;

use backoff_core::{Budget, Policy, Schedule, Unlimited, nanos};

use crate::fleet::Fleet;
use crate::network::Network;
use crate::random::Random;
use crate::record::Record;
use crate::server::Server;
use run::{Parameters, Run};

/// Simulates a fleet of clients that call a server under one policy.
///
/// Each client runs a [`RetryState`](backoff_core::RetryState) of `backoff-core`, which alone decides about retries.
/// The timeout of an attempt and the deadline are those of the policy. An attempt whose answer does not arrive in time
/// is a transient failure. A call begins after the policy's wait before the first attempt, so its duration does not
/// include that wait.
///
/// # Examples
///
/// A million clients call a server that is down for ten seconds:
///
/// ```no_run
/// use backoff_core::Policy;
/// use backoff_sim::{Faults, Fleet, Outage, Simulation, FixedLatency};
/// use std::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let outage = Outage { from: Duration::ZERO, lasting: Duration::from_secs(10), silent: false };
/// let server = Faults::new(FixedLatency::new(Duration::from_millis(5))).with_outage(outage);
/// let record = Simulation::new(&POLICY, server).with_fleet(Fleet::batch(1_000_000)).run(1);
/// println!("{} of {} calls succeeded", record.succeeded, record.calls);
/// ```
#[derive(Clone, Debug)]
pub struct Simulation<'p, S, V, F = fn() -> Unlimited> {
    policy: &'p Policy<S>,
    server: V,
    budget: F,
    fleet: Fleet,
    network: Network,
    /// In nanoseconds.
    max_jittered_delay: u64,
    /// In nanoseconds.
    time_limit: u64,
}

impl<'p, S: Schedule, V: Server + Clone> Simulation<'p, S, V> {
    /// Creates a simulation of one client, without network delays, of one hour at most.
    #[must_use]
    pub const fn new(policy: &'p Policy<S>, server: V) -> Self {
        Self {
            policy,
            server,
            budget: || Unlimited,
            fleet: Fleet::batch(1),
            network: Network::constant(Duration::ZERO),
            max_jittered_delay: u64::MAX,
            time_limit: nanos::from_duration(Duration::from_secs(3_600)),
        }
    }
}

impl<'p, S: Schedule, B: Budget, V: Server + Clone, F: Fn() -> B> Simulation<'p, S, V, F> {
    /// Gives each host of the fleet a budget, which `budget` creates when a run begins.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::{Policy, TokenBudget};
    /// use backoff_sim::{Faults, Fleet, Simulation, FixedLatency};
    /// use std::time::Duration;
    ///
    /// let dead = Faults::new(FixedLatency::new(Duration::ZERO)).with_probability(1.0);
    /// let record = Simulation::new(&Policy::DEFAULT, dead)
    ///     .with_fleet(Fleet::batch(1_000))
    ///     .with_budget(|| TokenBudget::new(500, 5))
    ///     .run(1);
    /// assert_eq!(record.attempts, 1_000 + 500 / 5);
    /// ```
    #[must_use]
    pub fn with_budget<G: Fn() -> C, C: Budget>(self, budget: G) -> Simulation<'p, S, V, G> {
        Simulation {
            policy: self.policy,
            server: self.server,
            budget,
            fleet: self.fleet,
            network: self.network,
            max_jittered_delay: self.max_jittered_delay,
            time_limit: self.time_limit,
        }
    }

    /// Sets the clients, and when they call.
    #[must_use]
    pub fn with_fleet(mut self, fleet: Fleet) -> Self {
        self.fleet = fleet;
        self
    }

    /// Sets the network between the clients and the server.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Sets a maximum that applies to every delay after jitter. The default is none.
    ///
    /// The core applies the policy's maximum before jitter, so that a delay at the maximum is still random. Other
    /// libraries apply theirs afterwards, and this setting lets you compare with them. Decorrelated jitter as published
    /// in 2015, with a cap of `c`, is that of the core with a maximum delay of `3 * c` and this maximum at `c`.
    #[must_use]
    pub fn with_max_jittered_delay(mut self, max: Duration) -> Self {
        self.max_jittered_delay = nanos::from_duration(max);
        self
    }

    /// Sets the time after which a run is stopped. The default is one hour.
    #[must_use]
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = nanos::from_duration(limit);
        self
    }

    /// Replaces the server, usually by one that wraps it.
    #[must_use]
    pub fn with_server<W: Server + Clone>(
        self,
        replace: impl FnOnce(V) -> W,
    ) -> Simulation<'p, S, W, F> {
        Simulation {
            policy: self.policy,
            server: replace(self.server),
            budget: self.budget,
            fleet: self.fleet,
            network: self.network,
            max_jittered_delay: self.max_jittered_delay,
            time_limit: self.time_limit,
        }
    }

    /// Runs the simulation with the first generator of a seed.
    ///
    /// A run ends early if its time stands still: see [`Record::stood_still`].
    #[must_use]
    pub fn run(&self, seed: u64) -> Record {
        self.run_with(Random::new(seed, 0))
    }

    /// Runs the simulation with a generator, like [`run`](Self::run).
    #[must_use]
    pub fn run_with(&self, random: Random) -> Record {
        let parameters = Parameters {
            policy: self.policy,
            fleet: self.fleet,
            network: self.network,
            max_jittered_delay: self.max_jittered_delay,
            time_limit: self.time_limit,
        };
        let budgets = (0..self.fleet.hosts).map(|_| (self.budget)()).collect();
        Run::new(parameters, self.server.clone(), budgets, random).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Faults, FixedLatency, OptimisticRow, Outage};
    use backoff_core::GiveUp;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn the_same_seed_gives_the_same_run_and_another_seed_another() {
        let policy = Policy::DEFAULT.retry_forever();
        let simulation = Simulation::new(&policy, OptimisticRow::new())
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
            let server = Faults::new(FixedLatency::new(MS(1))).with_outage(outage(silent));
            let record = Simulation::new(&policy, server).run(1);
            assert_eq!(
                (record.succeeded, record.attempts),
                (0, attempts),
                "{silent}"
            );
            assert_eq!(record.ended, end * 1_000_000, "{silent}");
            assert_eq!(record.gave_up(GiveUp::Deadline), 1, "{silent}");
        }
    }

    #[test]
    fn a_run_is_stopped_at_its_time_limit() {
        let policy = Policy::constant(MS(100)).retry_forever();
        let dead = Faults::new(FixedLatency::new(MS(1))).with_probability(1.0);
        let record = Simulation::new(&policy, dead)
            .with_time_limit(MS(10_000))
            .run(1);
        assert_eq!((record.calls, record.succeeded, record.ended), (1, 0, 0));
        assert!((150..250).contains(&record.attempts), "{}", record.attempts);
    }

    #[test]
    fn a_run_whose_time_stands_still_is_stopped_and_one_with_many_attempts_at_once_is_not() {
        let dead = || Faults::new(FixedLatency::new(Duration::ZERO)).with_probability(1.0);
        let policy = Policy::constant(Duration::ZERO).without_deadline();
        let record = |policy: &Policy<_>, clients| {
            let simulation = Simulation::new(policy, dead()).with_fleet(Fleet::batch(clients));
            simulation.run(1)
        };
        assert!(record(&policy.retry_forever(), 100).stood_still);
        let bounded = record(&policy.with_max_attempts(9_000), 100);
        assert_eq!((bounded.stood_still, bounded.attempts), (false, 900_000));
    }

    #[test]
    fn attempts_are_counted_as_the_core_counts_them() {
        let policy = Policy::DEFAULT.with_max_attempts(4);
        let dead = Faults::new(FixedLatency::new(MS(1))).with_probability(1.0);
        let record = Simulation::new(&policy, dead)
            .with_fleet(Fleet::batch(1_000))
            .run(1);
        assert_eq!(
            (record.attempts, record.attempts_per_call[4]),
            (4_000, 1_000)
        );
        assert_eq!(record.gave_up(GiveUp::Attempts), 1_000);
    }
}
