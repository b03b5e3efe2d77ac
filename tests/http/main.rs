//! HTTP clients against servers on loopback that count what they receive.

mod client;
mod middleware;
mod server;
