#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
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

mod any_schedule;
mod budget;
mod error;
mod grpc;
mod hosts;
#[cfg(feature = "http")]
mod http;
mod interned;
mod live_policy;
mod policy;
mod read;
mod value;

pub use any_schedule::AnySchedule;
pub use budget::{AnyBudget, AnyHeld, BudgetSettings};
pub use error::SettingsError;
pub use grpc::{GrpcMethodSettings, GrpcServiceConfig};
pub use hosts::{HostSettings, RetrySettings};
#[cfg(feature = "http")]
pub use http::HttpSettings;
pub use live_policy::LivePolicy;
pub use policy::{PolicyLayer, PolicySettings};
pub use read::read;
