//! Outages of a server, one after another.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use crate::{Heard, Log, Server, What};

/// Starts a server, and kills and restarts it a number of times, each time after the client has been up for `stable` and
/// then some, and for as long as three attempts of the client take.
pub async fn outages(
    server: &mut impl Server,
    log: &Log,
    times: usize,
    stable: Duration,
) -> io::Result<()> {
    let is_up = |what: &What| matches!(what, What::Heard(Heard::Up));
    let has_failed = |what: &What| matches!(what, What::Failed { .. });
    server.start().await?;
    log.add(What::Started);
    for outage in 1..=times {
        log.until(outage, is_up).await;
        sleep(stable * 5 / 4).await;
        let failures = log.count(has_failed);
        log.add(What::Killed);
        server.kill().await?;
        log.until(failures + 3, has_failed).await;
        server.start().await?;
        log.add(What::Started);
    }
    log.until(times + 1, is_up).await;
    Ok(())
}
