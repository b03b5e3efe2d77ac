//! What the errors of well-known crates mean: a function each, to copy and to change.

mod aws;
mod io;
mod mqtt;
mod postgres;
mod redis;
mod websocket;

pub use aws::aws;
pub use io::io;
pub use mqtt::mqtt;
pub use postgres::{postgres, sqlstate};
pub use redis::redis;
pub use websocket::websocket;
