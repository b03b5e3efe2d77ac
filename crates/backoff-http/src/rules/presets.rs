//! Rules of well-known systems.

mod aws;
mod envoy;
mod github;
mod google;
mod graphql;
mod rfc_9110;
mod stainless;
mod stripe;
mod tables;
mod telegram;
mod urllib3;

pub use aws::aws_error_kind;
pub use envoy::EnvoyRetryOn;
