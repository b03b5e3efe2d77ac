//! Rules of well-known systems.

mod atlassian;
mod aws;
mod azure;
mod envoy;
mod github;
mod google;
mod graphql;
mod rfc_9110;
mod slack;
mod stainless;
mod stripe;
mod tables;
mod telegram;
mod urllib3;

pub use aws::aws_error_kind;
pub use envoy::EnvoyRetryOn;
