//! Settings that may differ by host.

mod host_name;
mod host_settings;
mod retry_settings;

pub use host_settings::HostSettings;
pub use retry_settings::RetrySettings;
