//! The part of a scenario that a run is made of.

use std::time::Duration;

use serde::Deserialize;

use crate::fleet::{Fleet, Spike};
use crate::network::Network;
use crate::random::Random;
use crate::record::Record;
use crate::scenario::Entry;
use crate::server::{
    Channel, Faults, Load, Moment, Outage, Request, Row, Server, Station, Steady, Step, Throttle,
};
use crate::simulation::Simulation;
use crate::text;

/// Fleet, network and server, as text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    #[serde(default)]
    pub(crate) fleet: FleetText,
    #[serde(default)]
    network: NetworkText,
    pub(crate) server: ServerText,
    #[serde(default)]
    pub(crate) faults: FaultsText,
    throttle: Option<ThrottleText>,
    #[serde(default, deserialize_with = "text::duration")]
    until: Option<Duration>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FleetText {
    pub(crate) clients: u64,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) within: Option<Duration>,
    /// A stream instead of a batch, where it is above zero.
    pub(crate) rate: f64,
    #[serde(deserialize_with = "text::duration")]
    lasting: Option<Duration>,
    pub(crate) spike: Option<SpikeText>,
    even: bool,
    hosts: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpikeText {
    #[serde(deserialize_with = "text::required")]
    from: Duration,
    #[serde(deserialize_with = "text::required")]
    lasting: Duration,
    pub(crate) rate: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkText {
    #[serde(deserialize_with = "text::duration")]
    mean: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    deviation: Option<Duration>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "model")]
pub(crate) enum ServerText {
    Channel {
        #[serde(deserialize_with = "text::required")]
        slot: Duration,
    },
    Load {
        capacity: f64,
        #[serde(deserialize_with = "text::required")]
        latency: Duration,
        #[serde(deserialize_with = "text::required")]
        overloaded: Duration,
    },
    Row,
    Station {
        workers: usize,
        #[serde(deserialize_with = "text::required")]
        service: Duration,
        room: Option<usize>,
        #[serde(default, deserialize_with = "text::duration")]
        refusal_cost: Option<Duration>,
        stall: Option<StallText>,
    },
    Steady {
        #[serde(deserialize_with = "text::required")]
        latency: Duration,
    },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StallText {
    #[serde(deserialize_with = "text::required")]
    from: Duration,
    #[serde(deserialize_with = "text::required")]
    lasting: Duration,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FaultsText {
    pub(crate) probability: f64,
    outage: Option<OutageText>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutageText {
    #[serde(deserialize_with = "text::required")]
    from: Duration,
    #[serde(deserialize_with = "text::required")]
    lasting: Duration,
    #[serde(default)]
    silent: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThrottleText {
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
    pub(crate) fn simulate(&self, entry: &Entry, random: Random) -> Record {
        let policy = entry.settings.policy();
        let network = Network::normal(
            self.network.mean.unwrap_or_default(),
            self.network.deviation.unwrap_or_default(),
        );
        let faulty = Faults::new(self.server.model()).with_probability(self.faults.probability);
        let server = match &self.faults.outage {
            None => faulty,
            Some(outage) => faulty.with_outage(Outage {
                from: outage.from,
                lasting: outage.lasting,
                silent: outage.silent,
            }),
        };
        let mut simulation = Simulation::new(&policy, server)
            .with_fleet(self.fleet.fleet())
            .with_network(network)
            .with_budget(|| entry.budget.purse());
        if let Some(until) = self.until {
            simulation = simulation.with_time_limit(until);
        }
        if let Some(cut) = entry.cut {
            simulation = simulation.with_cut(cut);
        }
        match &self.throttle {
            None => simulation.run_with(random),
            Some(ThrottleText {
                limit,
                window,
                hints,
            }) => {
                let throttled = |server| Throttle::new(server, *limit, *window);
                simulation
                    .with_server(|server| match hints {
                        true => throttled(server),
                        false => throttled(server).without_hints(),
                    })
                    .run_with(random)
            }
        }
    }
}

impl FleetText {
    fn fleet(&self) -> Fleet {
        let fleet = if self.rate > 0.0 {
            Fleet::stream(self.rate, self.lasting.unwrap_or(Duration::MAX))
        } else {
            Fleet::batch(self.clients).within(self.within.unwrap_or_default())
        };
        let fleet = fleet.with_hosts(self.hosts);
        let fleet = if self.even { fleet.evenly() } else { fleet };
        match &self.spike {
            None => fleet,
            Some(spike) => fleet.with_spike(Spike {
                from: spike.from,
                lasting: spike.lasting,
                rate: spike.rate,
            }),
        }
    }
}

/// A server that a scenario names.
#[derive(Clone, Debug)]
enum Model {
    Channel(Channel),
    Load(Load),
    Row(Row),
    Station(Station),
    Steady(Steady),
}

impl ServerText {
    fn model(&self) -> Model {
        match *self {
            Self::Channel { slot } => Model::Channel(Channel::new(slot)),
            Self::Load {
                capacity,
                latency,
                overloaded,
            } => Model::Load(Load::new(capacity, latency, overloaded)),
            Self::Row => Model::Row(Row::new()),
            Self::Station {
                workers,
                service,
                room,
                refusal_cost,
                stall,
            } => {
                let station = Station::new(workers, service)
                    .with_refusal_cost(refusal_cost.unwrap_or_default());
                let station = match room {
                    None => station,
                    Some(room) => station.with_room(room),
                };
                Model::Station(match stall {
                    None => station,
                    Some(stall) => station.with_stall(stall.from, stall.lasting),
                })
            }
            Self::Steady { latency } => Model::Steady(Steady::new(latency)),
        }
    }
}

impl Server for Model {
    #[inline]
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step {
        match self {
            Self::Channel(server) => server.receive(request, moment),
            Self::Load(server) => server.receive(request, moment),
            Self::Row(server) => server.receive(request, moment),
            Self::Station(server) => server.receive(request, moment),
            Self::Steady(server) => server.receive(request, moment),
        }
    }
}
