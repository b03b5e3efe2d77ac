//! Requests to a server that may be restarting.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use async_nats::Request;
use async_nats::jetstream::{AckKind, Message};
use backoff_tokio::Policy;

use crate::error::SettleError;

/// A restart of a server with a small store takes a second or two (measured), and a client reconnects within seconds.
static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2))
    .with_max_attempts(8)
    .with_deadline(Duration::from_secs(10));

/// How long the server has to confirm an acknowledgement before it is sent again.
const CONFIRMATION: Duration = Duration::from_secs(2);

/// Repeats a request that may be repeated.
pub(crate) async fn reliably<T, E, A>(request: impl FnMut() -> A) -> Result<T, E>
where
    A: Future<Output = Result<T, E>>,
    E: Display,
{
    backoff_tokio::retry(&POLICY, request).uninterrupted().await
}

/// Sends an acknowledgement of any kind, and waits until the server confirms it.
pub(crate) async fn confirm(message: &Message, kind: AckKind) -> Result<(), SettleError> {
    let Some(reply) = message.reply.clone() else {
        let error = "it has no reply subject".into();
        return Err(SettleError::NotJetStream(error));
    };
    let (client, payload) = (message.context.client(), bytes::Bytes::from(kind));
    let send = || {
        let request = Request::new()
            .payload(payload.clone())
            .timeout(Some(CONFIRMATION));
        client.send_request(reply.clone(), request)
    };
    match reliably(send).await {
        Ok(_) => Ok(()),
        Err(error) => Err(SettleError::Unconfirmed(error.into())),
    }
}
