#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Statistics are floats, and the counts that they are made of fit them; nanoseconds round; a swept value is looked
// up as it was written.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp
)]

mod budget;
mod fleet;
mod histogram;
mod limits;
mod metric;
mod network;
mod queue;
mod random;
mod reading;
mod record;
mod run;
mod rust;
mod scenario;
mod series;
mod server;
mod settings;
mod setup;
mod shape;
mod simulation;
mod study;
mod summary;
mod table;
mod text;

pub use budget::DepositBudget;
pub use fleet::{Fleet, Spike};
pub use histogram::Histogram;
pub use metric::{METRICS, Metric};
pub use network::Network;
pub use queue::Queue;
pub use random::Random;
pub use reading::SettingsError;
pub use record::{ATTEMPTS, BEGUN, REASONS, Record, SUCCEEDED};
pub use scenario::{Entry, Reference, Scenario, ScenarioError};
pub use series::Series;
pub use server::{
    Channel, Faults, Load, Moment, Outage, Request, Row, Server, Station, Steady, Step, Throttle,
};
pub use settings::Settings;
pub use shape::Shape;
pub use simulation::Simulation;
pub use study::{Cell, Study};
pub use summary::Summary;
pub use table::{Comparison, Table};
