//! The part of a scenario that may be swept: fleet, network and server.

use std::time::Duration;

use serde::Deserialize;

use super::error::ScenarioError;
use super::fleet::FleetKeys;
use super::policy::ScenarioPolicy;
use super::range;
use super::server::ServerKeys;
use crate::network::Network;
use crate::random::Random;
use crate::record::Record;
use crate::server::{Faults, Outage, RateLimit};
use crate::simulation::Simulation;
use crate::text;

/// The keys of a scenario that are read anew at each point of a sweep.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setup {
    #[serde(default)]
    fleet: FleetKeys,
    #[serde(default)]
    network: NetworkKeys,
    server: ServerKeys,
    #[serde(default)]
    faults: FaultsKeys,
    rate_limit: Option<RateLimitKeys>,
    #[serde(default, deserialize_with = "text::duration")]
    until: Option<Duration>,
}

/// The keys of `network`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NetworkKeys {
    #[serde(deserialize_with = "text::duration")]
    mean: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    deviation: Option<Duration>,
}

/// The keys of `faults`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FaultsKeys {
    probability: f64,
    outage: Option<Outage>,
}

/// The keys of `rate_limit`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimitKeys {
    limit: u64,
    #[serde(deserialize_with = "text::required")]
    window: Duration,
    #[serde(default = "yes")]
    hints: bool,
}

fn yes() -> bool {
    true
}

impl Setup {
    /// The names of its fields.
    pub(super) const KEYS: [&str; 6] = [
        "faults",
        "fleet",
        "network",
        "rate_limit",
        "server",
        "until",
    ];

    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        self.fleet.check()?;
        self.server.check()?;
        range::check("faults.probability", self.faults.probability, 0.0, 1.0)
    }

    pub(super) fn simulate(&self, entry: &ScenarioPolicy, random: Random) -> Record {
        let policy = entry.settings.policy();
        let network = Network::normal(
            self.network.mean.unwrap_or_default(),
            self.network.deviation.unwrap_or_default(),
        );
        let server = Faults::new(self.server.server()).with_probability(self.faults.probability);
        let server = match self.faults.outage {
            None => server,
            Some(outage) => server.with_outage(outage),
        };
        let mut simulation = Simulation::new(&policy, server)
            .with_fleet(self.fleet.fleet())
            .with_network(network)
            .with_budget(|| entry.budget.budget());
        if let Some(until) = self.until {
            simulation = simulation.with_time_limit(until);
        }
        if let Some(max) = entry.max_jittered_delay {
            simulation = simulation.with_max_jittered_delay(max);
        }
        match &self.rate_limit {
            None => simulation.run_with(random),
            Some(keys) => simulation
                .with_server(|server| {
                    let limited = RateLimit::new(server, keys.limit, keys.window);
                    if keys.hints {
                        limited
                    } else {
                        limited.without_hints()
                    }
                })
                .run_with(random),
        }
    }
}
