//! The fleet of a scenario.

use std::time::Duration;

use serde::Deserialize;

use super::error::ScenarioError;
use super::range;
use crate::fleet::{Fleet, Spike};
use crate::text;

/// The keys of `fleet`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FleetKeys {
    clients: u64,
    #[serde(deserialize_with = "text::duration")]
    within: Option<Duration>,
    /// Above zero, the fleet is a stream instead of a batch.
    rate: f64,
    #[serde(deserialize_with = "text::duration")]
    lasting: Option<Duration>,
    spike: Option<Spike>,
    even: bool,
    hosts: u32,
}

/// A client takes about 120 bytes of memory, so this many take 12 GB.
const MAX_CLIENTS: u64 = 100_000_000;
/// A host takes up to about 100 bytes of memory.
const MAX_HOSTS: u32 = 1_000_000;
/// Calls per second: one per nanosecond, the unit of time.
const MAX_RATE: f64 = 1e9;

impl FleetKeys {
    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        range::check("fleet.rate", self.rate, 0.0, MAX_RATE)?;
        range::check("fleet.clients", self.clients, 0, MAX_CLIENTS)?;
        range::check("fleet.hosts", self.hosts, 0, MAX_HOSTS)?;
        let is_stream = self.rate > 0.0;
        if is_stream == (self.clients > 0) {
            return Err(ScenarioError::at(
                "fleet",
                "fleet needs one of the two: clients, or a rate of calls per second",
            ));
        }
        if is_stream && self.within.is_some() {
            return Err(ScenarioError::at(
                "fleet.within",
                "fleet.within is for clients, and a stream has a rate",
            ));
        }
        match &self.spike {
            None => Ok(()),
            Some(_) if !is_stream => Err(ScenarioError::at(
                "fleet.spike",
                "fleet.spike is for a stream: set fleet.rate",
            )),
            Some(spike) => range::check("fleet.spike.rate", spike.rate, 0.0, MAX_RATE),
        }
    }

    pub(super) fn fleet(&self) -> Fleet {
        let fleet = if self.rate > 0.0 {
            Fleet::stream(self.rate, self.lasting.unwrap_or(Duration::MAX))
        } else {
            Fleet::batch(self.clients).within(self.within.unwrap_or_default())
        };
        let fleet = fleet.with_hosts(self.hosts);
        let fleet = if self.even { fleet.evenly() } else { fleet };
        match self.spike {
            None => fleet,
            Some(spike) => fleet.with_spike(spike),
        }
    }
}
