#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Statistics use floats. The counts fit in them, and nanoseconds may be rounded. A swept value is looked up exactly as
// it was written.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp
)]

mod fleet;
mod network;
mod random;
mod record;
mod result_table;
mod scenario;
mod server;
mod simulation;
mod study;
mod text;

pub use fleet::{Fleet, Spike};
pub use network::Network;
pub use random::Random;
pub use record::{Histogram, Interval, Record, Series};
pub use result_table::{Comparison, ResultTable, ResultTableError};
pub use scenario::{Reference, Scenario, ScenarioError, ScenarioPolicy};
pub use server::{
    Arrival, Faults, FixedLatency, LoadDependent, OptimisticRow, Outage, RateLimit, Request,
    Response, Server, SlottedChannel, WorkerPool,
};
pub use simulation::Simulation;
pub use study::{Metric, Study, StudyCell, StudyError, Summary};
