//! WebSocket, with `tokio-tungstenite`: as one connection, and as a stream that reconnects.

use std::time::Duration;

use backoff_tokio::{Policy, errors};
use futures_util::{SinkExt, Stream, StreamExt, TryStreamExt};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_util::sync::CancellationToken;

use crate::{ConnectionError, Heard, Patience};

/// Makes one connection, and returns when it ends.
pub async fn connection(
    url: &str,
    patience: Patience,
    stop: &CancellationToken,
    on: impl Fn(Heard),
) -> Result<(), ConnectionError> {
    let connecting = timeout(patience.answer, connect_async(url));
    let Some(connected) = stop.run_until_cancelled(connecting).await else {
        return Ok(());
    };
    let (mut socket, _) = connected??;
    on(Heard::Up);
    let mut pinged = false;
    loop {
        let next = tokio::select! {
            next = timeout(patience.quiet, socket.next()) => next,
            () = stop.cancelled() => {
                timeout(patience.answer, socket.close(None)).await??;
                return Ok(());
            }
        };
        match next {
            Ok(Some(message)) => {
                pinged = false;
                if let Message::Text(text) = message? {
                    on(Heard::Message(text.to_string()));
                }
            }
            Ok(None) => return Err(ConnectionError::Closed),
            Err(_) if pinged => return Err(ConnectionError::Silent),
            Err(_) => {
                pinged = true;
                socket.send(Message::Ping(Bytes::new())).await?;
            }
        }
    }
}

/// The messages of a server, over as many connections as it takes.
pub fn messages(
    url: String,
    policy: &Policy,
    stable: Duration,
    patience: Patience,
) -> impl Stream<Item = Result<String, ConnectionError>> {
    backoff_tokio::attempts(policy)
        .when(errors(ConnectionError::classify))
        .stable_after(stable)
        .uninterrupted()
        .reconnecting(move || {
            let url = url.clone();
            async move {
                let (socket, _) = timeout(patience.answer, connect_async(url)).await??;
                let texts = socket.err_into().try_filter_map(async |message| {
                    Ok(message.into_text().ok().map(|text| text.to_string()))
                });
                // The end of a connection is a failure as well: the next one follows.
                let closed = async { Err(ConnectionError::Closed) };
                Ok(texts.chain(futures_util::stream::once(closed)))
            }
        })
}
