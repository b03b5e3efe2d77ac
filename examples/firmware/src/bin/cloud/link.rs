//! A connection that stays up: TCP to a server that accepts and closes, breaks off, and at last says goodbye.

use core::time::Duration;

use backoff_embassy::{Event, Policy, Xoshiro128PlusPlus};
use embassy_net::tcp::{self, TcpSocket};
use embassy_net::{IpEndpoint, Stack};
use embassy_time::{Instant, with_timeout};
use semihosting::println;

/// For ever, and with short waits: a product waits from a second up to minutes.
static POLICY: Policy =
    Policy::exponential(Duration::from_millis(50), Duration::from_millis(400)).retry_forever();

/// A connection that lasted this long begins a new call. A product says a minute.
const STABLE: Duration = Duration::from_secs(1);

/// A server that says nothing for so long is gone. A product says half a minute, and pings. It is shorter than `STABLE`, or a
/// server that accepts and says nothing would count as stable.
const QUIET: embassy_time::Duration = embassy_time::Duration::from_millis(800);

/// Why a connection ended.
#[derive(Debug)]
enum Error {
    Closed,
    Connect(#[expect(dead_code, reason = "printed")] tcp::ConnectError),
    Reset(tcp::Error),
    Silent,
}

/// Stays connected until the server says goodbye, and reports how that went.
pub async fn keep(stack: Stack<'_>, server: IpEndpoint, random: &mut Xoshiro128PlusPlus) {
    let (mut made, mut up) = (0_u32, Duration::ZERO);
    let mut attempts = backoff_embassy::attempts(&POLICY, random)
        .stable_after(STABLE)
        .uninterrupted()
        .on_event(|event: &Event<'_, Result<(), Error>>| println!("  {event}"));
    let outcome = loop {
        made += 1;
        let outcome = attempts.limit(connection(stack, server, &mut up)).await;
        if let Err(error) = &outcome {
            println!("  connection {made} ended: {error:?}");
        }
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    };
    let report = attempts.report();
    println!("  up for {up:.1?} in {made} attempts; the last call: {report}");
    assert!(outcome.is_ok(), "it retries for ever");
    // Three that are closed at once, one that lasts, one that is closed, one that is silent, one that ends well.
    assert_eq!(made, 7);
    assert_eq!(
        report.attempts(),
        4,
        "a new call began with the end of the fourth"
    );
    assert!(up >= STABLE, "one of them lasted");
}

/// One connection, from its start to its end: `Ok` if the server said goodbye.
async fn connection(stack: Stack<'_>, server: IpEndpoint, up: &mut Duration) -> Result<(), Error> {
    let (mut received, mut sent, mut text) = ([0; 256], [0; 64], [0; 64]);
    let mut socket = TcpSocket::new(stack, &mut received, &mut sent);
    let connected = with_timeout(QUIET, socket.connect(server)).await;
    connected
        .map_err(|_| Error::Silent)?
        .map_err(Error::Connect)?;
    let begins = Instant::now();
    let ended = loop {
        match with_timeout(QUIET, socket.read(&mut text)).await {
            Err(_) => break Err(Error::Silent),
            Ok(Err(error)) => break Err(Error::Reset(error)),
            Ok(Ok(0)) => break Err(Error::Closed),
            Ok(Ok(length)) => {
                if text
                    .get(..length)
                    .is_some_and(|text| text.ends_with(b"bye\n"))
                {
                    break Ok(());
                }
            }
        }
    };
    *up += begins.elapsed().into();
    socket.abort();
    let _ = socket.flush().await; // tells the server; the next attempt has a port of its own
    ended
}
