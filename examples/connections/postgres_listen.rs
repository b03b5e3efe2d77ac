//! PostgreSQL's LISTEN, with `tokio-postgres`.

use std::future::poll_fn;

use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};
use tokio_util::sync::CancellationToken;

use crate::{ConnectionError, Heard, Patience};

/// Makes one connection that listens on a channel, and returns when it ends.
///
/// What was notified while there was no connection is lost: PostgreSQL does not keep it. Look at the table itself
/// whenever the connection is [`Up`](Heard::Up), and take notifications as hints.
pub async fn connection(
    config: &Config,
    channel: &str,
    patience: Patience,
    stop: &CancellationToken,
    on: impl Fn(Heard),
) -> Result<(), ConnectionError> {
    let connecting = timeout(patience.answer, config.connect(NoTls));
    let Some(connected) = stop.run_until_cancelled(connecting).await else {
        return Ok(());
    };
    let (client, mut connection) = connected??;
    let notifications = async {
        loop {
            match poll_fn(|cx| connection.poll_message(cx)).await {
                Some(Ok(AsyncMessage::Notification(message))) => {
                    on(Heard::Message(message.payload().to_owned()));
                }
                Some(Ok(_)) => {} // a notice
                Some(Err(error)) => return ConnectionError::from(error),
                None => return ConnectionError::Closed,
            }
        }
    };
    tokio::select! {
        error = notifications => Err(error),
        ended = listen(&client, channel, patience, &on) => ended,
        () = stop.cancelled() => Ok(()),
    }
}

/// Listens, and asks every now and then whether the server is still there. Its requests are sent while the connection is
/// polled.
async fn listen(
    client: &Client,
    channel: &str,
    patience: Patience,
    on: impl Fn(Heard),
) -> Result<(), ConnectionError> {
    let channel = channel.replace('"', "\"\""); // a quoted identifier
    let listen = format!("LISTEN \"{channel}\"");
    timeout(patience.answer, client.batch_execute(&listen)).await??;
    on(Heard::Up);
    loop {
        sleep(patience.quiet).await;
        timeout(patience.answer, client.batch_execute("")).await??;
    }
}
