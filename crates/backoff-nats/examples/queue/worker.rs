//! A worker process.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::{self, Message};
use backoff_nats::{MessageEvent, MessageEventKind, Runtime, Settlement, Tokio, Worker};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

use crate::journal::{Entry, Settled, Writer};
use crate::shop::{self, OrderError, order};

pub(crate) async fn run(url: &str, journal: &Path, scheduled: bool) -> anyhow::Result<()> {
    let jetstream = jetstream::new(shop::connect(url).await?);
    let notes = jetstream.get_key_value("notes").await?;
    let consumer = jetstream
        .get_consumer_from_stream("billing", "orders")
        .await?;
    let journal = Arc::new(Mutex::new(Writer::create(journal)?));
    let write = move |entry: Entry| {
        journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(&entry);
    };
    let observe = write.clone();
    let redelivery = shop::redelivery(notes, scheduled).on_event(move |event| {
        if let Some(entry) = entry(event) {
            observe(entry);
        }
    });
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async move { terminated.recv().await.unwrap_or_default() };
    let worker = Worker::new(redelivery, consumer).with_concurrency(32);
    let process = |message: Arc<Message>| process(message, write.clone());
    worker.run(process, stop).await;
    Ok(())
}

/// Calls a payment service that fails three times of ten, and rejects each fiftieth order.
async fn process(message: Arc<Message>, write: impl Fn(Entry)) -> Result<(), OrderError> {
    let Ok(order) = order(&message.subject) else {
        return Err(OrderError::Invalid);
    };
    let sequence = message.info().map_or(0, |info| info.stream_sequence);
    let headers = message.headers.as_ref();
    let before = headers.and_then(|headers| headers.get("Backoff-Sequence")?.as_str().parse().ok());
    write(Entry::Began {
        order,
        sequence,
        before: before.unwrap_or(sequence),
    });
    sleep(Duration::from_millis(20 + u64::from(Tokio.random() % 100))).await;
    write(Entry::Ended { order });
    match Tokio.random() % 10 {
        _ if order.is_multiple_of(50) => Err(OrderError::Invalid),
        0 => Err(OrderError::Busy),
        1 | 2 => Err(OrderError::Reset),
        _ => Ok(()),
    }
}

fn entry(event: &MessageEvent<'_>) -> Option<Entry> {
    let order = order(event.subject).ok()?;
    match event.kind {
        MessageEventKind::HandedBack(_) => Some(Entry::HandedBack { order }),
        MessageEventKind::Settled {
            settlement,
            failure,
            ..
        } => {
            let settled = match settlement {
                Settlement::Acknowledge => Settled::Acknowledged,
                Settlement::DeadLetter(_) => Settled::DeadLettered,
                Settlement::Redeliver { after, .. } => Settled::Redelivered {
                    attempt: event.attempt,
                    after,
                    hinted: failure.is_some_and(|failure| failure.retry_after().is_some()),
                },
            };
            let sequence = event.sequence;
            Some(Entry::Settled {
                order,
                sequence,
                settled,
            })
        }
        _ => None,
    }
}
