//! The rules by which outcomes are classified.

mod body;
mod body_rule;
mod classification;
mod classified_by;
mod classify;
mod connect_status;
mod error_name;
mod fault;
mod grpc;
mod header;
mod presets;
#[allow(
    clippy::module_inception,
    reason = "the door has the name of what it is for"
)]
mod rules;
mod status_class;
mod status_rule;
mod status_table;
#[cfg(feature = "tonic-0-14")]
mod tonic;

pub use body_rule::BodyRule;
pub use classification::Classification;
pub use classified_by::ClassifiedBy;
pub use fault::FaultRule;
pub use grpc::{GrpcRules, GrpcStatus};
pub use header::HeaderRule;
pub use presets::{EnvoyRetryOn, aws_error_kind};
pub use rules::Rules;
pub use status_class::StatusClass;
pub use status_rule::StatusRule;
