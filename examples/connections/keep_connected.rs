//! The loop: connect, serve, reconnect until told to stop.

use std::time::Duration;

use backoff_tokio::{Event, Policy, Report, errors};
use tokio_util::sync::CancellationToken;

use crate::{ConnectionError, Log, What};

/// Makes connections, one after another, until `stop` is cancelled or a connection fails for good.
///
/// `connection` makes one connection and returns when it ends: `Ok` because of `stop`, and `Err` in every other case,
/// also when the server closed it in good order. A connection that lasted for `stable` begins a new call.
///
/// When `stop` is cancelled, a wait ends at once. A connection is not dropped: it says goodbye and returns, or gives up
/// connecting.
pub async fn keep_connected(
    policy: &Policy,
    stable: Duration,
    log: &Log,
    stop: &CancellationToken,
    mut connection: impl AsyncFnMut() -> Result<(), ConnectionError>,
) -> (Result<(), ConnectionError>, Report) {
    let mut attempts = backoff_tokio::attempts(policy)
        .when(errors(ConnectionError::classify))
        .stable_after(stable)
        .uninterrupted() // a timeout of the policy would interrupt healthy connections too
        .on_event(|event: &Event<'_, Result<(), ConnectionError>>| log.event(event));
    loop {
        log.add(What::Attempt(attempts.attempt()));
        let outcome = attempts.limit(connection()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            return (outcome, attempts.report());
        };
        drop(outcome);
        tokio::select! {
            () = pause => {}
            () = stop.cancelled() => return (Ok(()), attempts.cancel()),
        }
    }
}
