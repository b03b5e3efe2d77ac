//! A channel of Redis, with `redis`.

use futures_util::StreamExt;
use redis::{Client, RedisError};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{ConnectionError, Heard, Patience};

/// Makes one connection that is subscribed to a channel, and returns when it ends.
///
/// What was published while there was no connection is lost. A stream of Redis (`XREAD`) keeps it.
pub async fn connection(
    client: &Client,
    channel: &str,
    patience: Patience,
    stop: &CancellationToken,
    on: impl Fn(Heard),
) -> Result<(), ConnectionError> {
    let subscribing = timeout(patience.answer, async {
        let (mut sink, messages) = client.get_async_pubsub().await?.split();
        sink.subscribe(channel).await?;
        Ok::<_, RedisError>((sink, messages))
    });
    let Some(subscribed) = stop.run_until_cancelled(subscribing).await else {
        return Ok(());
    };
    let (mut sink, mut messages) = subscribed??;
    on(Heard::Up);
    loop {
        let next = tokio::select! {
            next = timeout(patience.quiet, messages.next()) => next,
            () = stop.cancelled() => return Ok(()),
        };
        match next {
            Ok(Some(message)) => on(Heard::Message(message.get_payload()?)),
            Ok(None) => return Err(ConnectionError::Closed),
            Err(_) => {
                timeout(patience.answer, sink.ping::<redis::Value>()).await??;
            }
        }
    }
}
