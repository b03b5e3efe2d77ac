//! Connects, serves, and reconnects for ever, against a server that breaks its connections.
//!
//! ```text
//! cargo run --example reconnect
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use backoff_tokio::Policy;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(20), Duration::from_secs(1)).retry_forever();

/// A connection that lasted this long was a good one: the next failure counts as the first. A real program says a minute.
const STABLE: Duration = Duration::from_millis(200);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = flaky_server().await?;

    let mut attempts = backoff_tokio::attempts(&POLICY)
        .stable_after(STABLE)
        .on_event(|event| println!("{event}"));
    loop {
        let outcome = attempts.limit(connection(address)).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

/// One connection, from its start to its end: a good end is the server's "bye", and every other end is an error.
async fn connection(address: SocketAddr) -> io::Result<()> {
    let mut lines = BufReader::new(TcpStream::connect(address).await?).lines();
    while let Some(line) = lines.next_line().await? {
        println!("  {line}");
        if line == "bye" {
            return Ok(());
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Closes three connections at once, one after a while, another one at once, and says "bye" on the sixth.
async fn flaky_server() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        for connection in 1.. {
            let (mut stream, _) = listener.accept().await?;
            match connection {
                4 => {
                    stream.write_all(b"hello\n").await?;
                    sleep(2 * STABLE).await;
                }
                6.. => stream.write_all(b"bye\n").await?,
                _ => {}
            }
        }
        io::Result::Ok(())
    });
    Ok(address)
}
