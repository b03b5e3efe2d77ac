#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod carried;
mod clock;
mod connection;
mod copy;
mod error;
mod event;
mod fleet_budget;
mod received;
mod redelivery;
mod reliably;
mod worker;

pub use backoff_queue::{Delivery, Note, Settlement};
pub use backoff_tokio::*;

pub use error::SettleError;
pub use event::{MessageEvent, MessageEventKind};
pub use fleet_budget::{
    FleetBudget, FleetHeld, FleetLimit, InMemory, Keeper, KeyValue, LedgerStore, Versioned,
};
pub use redelivery::Redelivery;
pub use worker::{Worker, WorkerReport};
