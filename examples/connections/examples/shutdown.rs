//! Stops a client in the middle of a wait: its server is away, and the program is told to end by Ctrl-C, or after a second.
//!
//! ```text
//! cargo run -p backoff-connections --example shutdown
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::time::Duration;

use backoff_connections::{Client, Log, Patience, Server, WebSocketServer};
use backoff_tokio::Policy;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

static POLICY: Policy =
    Policy::exponential(Duration::from_secs(60), Duration::from_secs(3600)).retry_forever();

const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(10),
    quiet: Duration::from_secs(30),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = WebSocketServer::prepare()?;
    let address = server.address();
    server.start().await?;
    let (log, stop) = (Log::new(true), CancellationToken::new());

    let life = async {
        sleep(Duration::from_millis(500)).await;
        println!("killing the server");
        server.kill().await?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed?,
            () = sleep(Duration::from_secs(1)) => {}
        }
        println!("stopping");
        stop.cancel();
        Ok::<_, Box<dyn Error>>(())
    };
    let limits = (&POLICY, Duration::from_secs(60), PATIENCE);
    let client = Client::WebSocket.run(address, limits, &log, &stop);
    let ((outcome, report), ended) = tokio::join!(client, life);
    println!("{report}");
    ended?;
    Ok(outcome?)
}
