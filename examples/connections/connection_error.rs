//! Why a connection ended.

use std::fmt;

use backoff_tokio::Failure;
use tokio::time::error::Elapsed;

use crate::classify;

/// Why a connection ended, or was not made.
#[derive(Debug)]
pub enum ConnectionError {
    /// The server closed it in good order.
    Closed,
    /// Of `rumqttc`.
    Mqtt(Box<rumqttc::ConnectionError>),
    /// Of `tokio-postgres`.
    Postgres(tokio_postgres::Error),
    /// Of `redis`.
    Redis(redis::RedisError),
    /// The server gave no answer.
    Silent,
    /// Of `tokio-tungstenite`.
    WebSocket(Box<tokio_tungstenite::tungstenite::Error>),
}

impl ConnectionError {
    /// Classifies the error by the table of its protocol.
    #[must_use]
    pub fn classify(&self) -> Failure {
        match self {
            // A server that restarts closes its connections too.
            Self::Closed | Self::Silent => Failure::transient(),
            Self::Mqtt(error) => classify::mqtt(error),
            Self::Postgres(error) => classify::postgres(error),
            Self::Redis(error) => classify::redis(error),
            Self::WebSocket(error) => classify::websocket(error),
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Mqtt(error) => error.fmt(f),
            Self::Postgres(error) => match std::error::Error::source(error) {
                Some(source) => write!(f, "{error}: {source}"),
                None => error.fmt(f),
            },
            Self::Redis(error) => error.fmt(f),
            Self::Silent => f.write_str("the server gives no answer"),
            Self::WebSocket(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ConnectionError {}

impl From<Elapsed> for ConnectionError {
    fn from(_: Elapsed) -> Self {
        Self::Silent
    }
}

impl From<rumqttc::ConnectionError> for ConnectionError {
    fn from(error: rumqttc::ConnectionError) -> Self {
        Self::Mqtt(Box::new(error))
    }
}

impl From<tokio_postgres::Error> for ConnectionError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<redis::RedisError> for ConnectionError {
    fn from(error: redis::RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<tokio_tungstenite::tungstenite::Error> for ConnectionError {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        Self::WebSocket(Box::new(error))
    }
}
