//! A policy as data.

mod environment;
mod keys;
mod layer;
mod layers;
mod names;
mod of_policy;
mod rust;
mod schedule_keys;
mod settings;

pub(crate) use keys::PolicyKeys;
pub use layer::PolicyLayer;
pub use settings::PolicySettings;
