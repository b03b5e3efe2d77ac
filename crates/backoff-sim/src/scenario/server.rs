//! The server of a scenario.

use std::time::Duration;

use serde::Deserialize;

use super::error::ScenarioError;
use super::range;
use crate::server::{
    Arrival, FixedLatency, LoadDependent, OptimisticRow, Request, Response, Server, SlottedChannel,
    WorkerPool,
};
use crate::text;

/// The keys of `server`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "model")]
pub(super) enum ServerKeys {
    FixedLatency {
        #[serde(deserialize_with = "text::required")]
        latency: Duration,
    },
    LoadDependent {
        capacity: f64,
        #[serde(deserialize_with = "text::required")]
        latency: Duration,
        #[serde(deserialize_with = "text::required")]
        overloaded: Duration,
    },
    OptimisticRow,
    SlottedChannel {
        #[serde(deserialize_with = "text::required")]
        slot: Duration,
    },
    WorkerPool {
        workers: usize,
        #[serde(deserialize_with = "text::required")]
        service: Duration,
        room: Option<usize>,
        #[serde(default, deserialize_with = "text::duration")]
        refusal_cost: Option<Duration>,
        stall: Option<StallKeys>,
    },
}

/// The keys of `server.stall`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StallKeys {
    #[serde(deserialize_with = "text::required")]
    from: Duration,
    #[serde(deserialize_with = "text::required")]
    lasting: Duration,
}

/// Each request looks for the worker that is free first, so a run with more takes too long.
const MAX_WORKERS: usize = 1_000_000;

impl ServerKeys {
    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        match *self {
            Self::LoadDependent { capacity, .. } => {
                range::check("server.capacity", capacity, 0.0, f64::MAX)
            }
            Self::WorkerPool { workers, .. } => {
                range::check("server.workers", workers, 1, MAX_WORKERS)
            }
            Self::FixedLatency { .. } | Self::OptimisticRow | Self::SlottedChannel { .. } => Ok(()),
        }
    }

    pub(super) fn server(&self) -> AnyServer {
        match *self {
            Self::FixedLatency { latency } => AnyServer::FixedLatency(FixedLatency::new(latency)),
            Self::LoadDependent {
                capacity,
                latency,
                overloaded,
            } => AnyServer::LoadDependent(LoadDependent::new(capacity, latency, overloaded)),
            Self::OptimisticRow => AnyServer::OptimisticRow(OptimisticRow::new()),
            Self::SlottedChannel { slot } => AnyServer::SlottedChannel(SlottedChannel::new(slot)),
            Self::WorkerPool {
                workers,
                service,
                room,
                refusal_cost,
                stall,
            } => {
                let pool = WorkerPool::new(workers, service)
                    .with_refusal_cost(refusal_cost.unwrap_or_default());
                let pool = match room {
                    None => pool,
                    Some(room) => pool.with_room(room),
                };
                AnyServer::WorkerPool(match stall {
                    None => pool,
                    Some(stall) => pool.with_stall(stall.from, stall.lasting),
                })
            }
        }
    }
}

/// Any server that a scenario can name.
#[derive(Clone, Debug)]
pub(super) enum AnyServer {
    FixedLatency(FixedLatency),
    LoadDependent(LoadDependent),
    OptimisticRow(OptimisticRow),
    SlottedChannel(SlottedChannel),
    WorkerPool(WorkerPool),
}

impl Server for AnyServer {
    #[inline]
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        match self {
            Self::FixedLatency(server) => server.receive(request, arrival),
            Self::LoadDependent(server) => server.receive(request, arrival),
            Self::OptimisticRow(server) => server.receive(request, arrival),
            Self::SlottedChannel(server) => server.receive(request, arrival),
            Self::WorkerPool(server) => server.receive(request, arrival),
        }
    }
}
