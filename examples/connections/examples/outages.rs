//! Shows how a client survives three outages of its server.
//!
//! ```text
//! cargo run -p backoff-connections --example outages -- mqtt
//! ```
//!
//! Instead of `mqtt`: `postgresql`, `redis` or `websocket`. All but the last need their server: `scripts/servers`.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::env;
use std::error::Error;
use std::time::Duration;

use backoff_connections::{
    Client, Log, Patience, Program, Server, ServerProcess, WebSocketServer, outages,
};
use backoff_tokio::{Jitter, Policy};
use tokio_util::sync::CancellationToken;

/// A real program waits from 1 s up to a minute.
static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2))
    .with_jitter(Jitter::Equal)
    .retry_forever();

/// A real program says a minute.
const STABLE: Duration = Duration::from_millis(500);

const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(5),
    quiet: Duration::from_secs(5),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client: Client = env::args()
        .nth(1)
        .as_deref()
        .unwrap_or("websocket")
        .parse()?;
    let program = match client {
        Client::Mqtt => Program::Mosquitto,
        Client::PostgreSql => Program::PostgreSql,
        Client::Redis => Program::Redis,
        Client::WebSocket => {
            let server = WebSocketServer::prepare()?;
            let address = server.address();
            return show(client, server, address).await;
        }
    };
    match ServerProcess::prepare(program).await? {
        Some(server) => {
            let address = server.address();
            show(client, server, address).await
        }
        None => Ok(()),
    }
}

async fn show(
    client: Client,
    mut server: impl Server,
    address: std::net::SocketAddr,
) -> Result<(), Box<dyn Error>> {
    println!("policy: {POLICY}; a connection is stable after {STABLE:?}");
    let (log, stop) = (Log::new(true), CancellationToken::new());
    let scenario = async {
        let ended = outages(&mut server, &log, 3, STABLE).await;
        stop.cancel();
        ended
    };
    let run = client.run(address, (&POLICY, STABLE, PATIENCE), &log, &stop);
    let ((outcome, report), ended) = tokio::join!(run, scenario);
    println!("the last call: {report}");
    ended?;
    Ok(outcome?)
}
