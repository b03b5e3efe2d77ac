//! HTTP clients against servers on loopback that count what they receive.

mod buffer;
mod client;
mod grpc;
mod layer;
mod middleware;
mod server;
mod stacked;
