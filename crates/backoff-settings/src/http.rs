//! HTTP rules as data.

mod delay_keys;
mod field_name;
mod http_keys;
mod names;
mod preset;
mod rule_keys;
mod settings;
mod status_keys;

pub use settings::HttpSettings;
