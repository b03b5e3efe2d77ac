//! How long a server asks its clients to wait: which fields say so, and how they are read.

mod body_delay;
mod delay_field;
mod delay_rules;
mod error;
mod field_reader;
mod limit_field;
mod rate_limit;
mod retry_after;
mod server_delay;
mod strictness;
mod structured;

pub use body_delay::BodyDelay;
pub use delay_field::DelayField;
pub use delay_rules::DelayRules;
pub use error::DelayError;
pub use limit_field::{LimitField, ResetMeaning};
pub use rate_limit::{QuotaPolicy, ServiceLimit};
pub use retry_after::RetryAfter;
pub use server_delay::ServerDelay;
pub use strictness::Strictness;
