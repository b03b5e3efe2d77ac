//! One message in a worker.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use async_nats::jetstream::Message;
use backoff_tokio::{Budget, Classify, PolicyRef, TimedOut};
use tokio::sync::watch;

use super::report::Ended;
use crate::error::SettleError;
use crate::event::MessageEventKind;
use crate::received::Received;
use crate::redelivery::{Redelivery, Unattempted};

/// Processes a message. Never fails: what goes wrong is told to the observer.
pub(super) async fn process<P, C, B, T, E, A>(
    redelivery: &Redelivery<P, C, B>,
    message: Arc<Message>,
    handler: &impl Fn(Arc<Message>) -> A,
    interrupted: watch::Receiver<bool>,
) -> Ended
where
    P: PolicyRef,
    C: Classify<Result<T, E>>,
    B: Budget,
    E: Display + From<TimedOut>,
    A: Future<Output = Result<T, E>>,
{
    match settle(redelivery, &message, handler, interrupted).await {
        Ok(ended) => ended,
        Err(error) => {
            log::warn!("{}: {error}", message.subject);
            if let Ok(received) = Received::of(&message) {
                redelivery.observe(&received.event(MessageEventKind::Unsettled(&error)));
            }
            Ended::Unsettled
        }
    }
}

async fn settle<P, C, B, T, E, A>(
    redelivery: &Redelivery<P, C, B>,
    message: &Arc<Message>,
    handler: &impl Fn(Arc<Message>) -> A,
    mut interrupted: watch::Receiver<bool>,
) -> Result<Ended, SettleError>
where
    P: PolicyRef,
    C: Classify<Result<T, E>>,
    B: Budget,
    E: Display + From<TimedOut>,
    A: Future<Output = Result<T, E>>,
{
    let received = redelivery.receive(message).await?;
    match redelivery.settle_unattempted(&received).await? {
        Some(Unattempted::DeadLettered(settlement)) => return Ok(Ended::Settled(settlement)),
        Some(Unattempted::HandedBack) => return Ok(Ended::HandedBack),
        Some(Unattempted::Skipped) => return Ok(Ended::Skipped),
        None => {}
    }
    let interrupt = async {
        // The guard that it returns must not live on: it would not be `Send`.
        interrupted
            .wait_for(|interrupted| *interrupted)
            .await
            .is_ok()
    };
    let outcome = tokio::select! {
        biased;
        outcome = redelivery.run(&received, handler(Arc::clone(message))) => outcome,
        true = interrupt => {
            Box::pin(redelivery.give_back(&received)).await?;
            return Ok(Ended::HandedBack);
        }
    };
    let settlement = redelivery.settle_received(&received, &outcome).await?;
    Ok(Ended::Settled(settlement))
}
