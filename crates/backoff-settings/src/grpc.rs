//! gRPC's service config.

mod keys;
mod service_config;

pub use service_config::{GrpcMethodSettings, GrpcServiceConfig};
