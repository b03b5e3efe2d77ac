//! What the clients call.

mod faults;
mod fixed_latency;
mod load_dependent;
mod model;
mod optimistic_row;
mod rate_limit;
mod slotted_channel;
mod worker_pool;

pub use faults::{Faults, Outage};
pub use fixed_latency::FixedLatency;
pub use load_dependent::LoadDependent;
pub use model::{Arrival, Request, Response, Server};
pub use optimistic_row::OptimisticRow;
pub use rate_limit::RateLimit;
pub use slotted_channel::SlottedChannel;
pub use worker_pool::WorkerPool;
