//! Connections that stay up: MQTT, WebSocket, PostgreSQL's LISTEN and Redis' channels, each against its real server.
//!
//! A client is a function that makes one connection and returns when it ends. The loop around it is the same for all of
//! them, [`keep_connected`]. `docs/handbook/connections.md` explains it.
//!
//! ```text
//! cargo run -p backoff-connections --example outages -- mqtt
//! cargo run -p backoff-connections --example shutdown
//! ```

#![allow(clippy::doc_markdown, reason = "PostgreSQL is a name")]
#![allow(clippy::missing_errors_doc, reason = "an example says it in the code")]

pub mod classify;
mod client;
mod connection_error;
mod heard;
mod keep_connected;
mod log;
pub mod mqtt;
mod outages;
mod patience;
pub mod postgres_listen;
mod proxy;
pub mod redis_channel;
mod server;
mod server_process;
pub mod websocket;
mod websocket_server;

pub use client::Client;
pub use connection_error::ConnectionError;
pub use heard::Heard;
pub use keep_connected::keep_connected;
pub use log::{Line, Log, What};
pub use outages::outages;
pub use patience::Patience;
pub use proxy::{Mode, Proxy};
pub use server::Server;
pub use server_process::{Program, ServerProcess};
pub use websocket_server::WebSocketServer;
