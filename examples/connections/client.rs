//! The four clients by their names.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use backoff_tokio::{Policy, Report};
use tokio_postgres::Config;
use tokio_util::sync::CancellationToken;

use crate::mqtt::Session;
use crate::{
    ConnectionError, Heard, Log, Patience, What, keep_connected, postgres_listen, redis_channel,
    websocket,
};

/// A client that listens to a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Client {
    /// Subscribes to a topic of MQTT.
    Mqtt,
    /// Listens on a channel of PostgreSQL.
    PostgreSql,
    /// Subscribes to a channel of Redis.
    Redis,
    /// Receives the messages of a WebSocket.
    WebSocket,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mqtt, Self::PostgreSql, Self::Redis, Self::WebSocket];

    /// Keeps a connection to a server until `stop` is cancelled.
    pub async fn run(
        self,
        server: SocketAddr,
        (policy, stable, patience): (&Policy, Duration, Patience),
        log: &Log,
        stop: &CancellationToken,
    ) -> (Result<(), ConnectionError>, Report) {
        let on = |heard: Heard| log.add(What::Heard(heard));
        match self {
            Self::Mqtt => {
                let mut session = Session::new("reader", server, "news", patience);
                let connection = async || session.connection(stop, on).await;
                keep_connected(policy, stable, log, stop, connection).await
            }
            Self::PostgreSql => {
                let mut config = Config::new();
                config.host(server.ip().to_string()).port(server.port());
                config.user("postgres").dbname("postgres");
                let connection =
                    async || postgres_listen::connection(&config, "news", patience, stop, on).await;
                keep_connected(policy, stable, log, stop, connection).await
            }
            Self::Redis => {
                let client = match redis::Client::open(format!("redis://{server}")) {
                    Ok(client) => client,
                    Err(error) => return (Err(error.into()), Report::default()),
                };
                let connection =
                    async || redis_channel::connection(&client, "news", patience, stop, on).await;
                keep_connected(policy, stable, log, stop, connection).await
            }
            Self::WebSocket => {
                let url = format!("ws://{server}/");
                let connection = async || websocket::connection(&url, patience, stop, on).await;
                keep_connected(policy, stable, log, stop, connection).await
            }
        }
    }
}

impl FromStr for Client {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "mqtt" => Ok(Self::Mqtt),
            "postgresql" => Ok(Self::PostgreSql),
            "redis" => Ok(Self::Redis),
            "websocket" => Ok(Self::WebSocket),
            _ => Err(format!(
                "unknown client {name:?}: expected mqtt, postgresql, redis or websocket"
            )),
        }
    }
}
