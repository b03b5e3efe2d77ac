//! The throughput of a worker beside a plain pull consumer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;
use backoff_nats::{Policy, Redelivery, Worker};
use futures_util::StreamExt;
use tokio::sync::Semaphore;

use crate::support::Server;
use crate::world::{consumer, open, publish};

const ROUNDS: usize = 5;

/// How many messages are acknowledged at the same time: that of a worker.
const CONCURRENCY: usize = 64;

#[allow(clippy::print_stdout)] // a program
pub(crate) async fn measure(binary: PathBuf, messages: u32) -> anyhow::Result<()> {
    let server = Server::start(binary);
    let (jetstream, stream) = open(&server.url()).await?;
    publish(&jetstream, messages).await?;
    println!(
        "NATS {}, {messages} messages, {CONCURRENCY} at a time",
        jetstream.client().server_info().version
    );
    let redelivery = Redelivery::new(Policy::DEFAULT.without_deadline());
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        let names = ["confirmed", "unconfirmed", "worker"].map(|name| format!("{name}{round}"));
        for (name, rates) in names.iter().zip(&mut rates) {
            let consumer = consumer(&stream, &redelivery, name).await?;
            let began = Instant::now();
            match name {
                name if name.starts_with("confirmed") => plain(&consumer, messages, true).await?,
                name if name.starts_with("unconfirmed") => {
                    plain(&consumer, messages, false).await?;
                }
                _ => worker(&redelivery, consumer, messages).await?,
            }
            rates.push(f64::from(messages) / began.elapsed().as_secs_f64());
            stream.delete_consumer(name).await?;
        }
    }
    let [confirmed, unconfirmed, worker] = rates.map(median);
    println!("{confirmed:>8.0}/s  plain consumer, each acknowledgement confirmed");
    println!("{unconfirmed:>8.0}/s  plain consumer, acknowledgements not confirmed");
    println!(
        "{worker:>8.0}/s  worker: {:.0} % of the first, {:.0} % of the second",
        100.0 * worker / confirmed,
        100.0 * worker / unconfirmed
    );
    anyhow::ensure!(worker >= 0.9 * confirmed, "the worker is too slow");
    Ok(())
}

async fn plain(consumer: &PullConsumer, messages: u32, confirmed: bool) -> anyhow::Result<()> {
    let stream = consumer
        .stream()
        .max_messages_per_batch(500)
        .messages()
        .await?;
    let stream = stream.take(messages.try_into()?);
    let acknowledged = stream.map(|message| async {
        let message = message?;
        if confirmed {
            message.double_ack().await
        } else {
            message.ack().await
        }
    });
    let mut acknowledged = acknowledged.buffer_unordered(CONCURRENCY);
    while let Some(outcome) = acknowledged.next().await {
        outcome.map_err(anyhow::Error::from_boxed)?;
    }
    Ok(())
}

async fn worker(
    redelivery: &Redelivery<Policy>,
    consumer: PullConsumer,
    messages: u32,
) -> anyhow::Result<()> {
    let done = Semaphore::new(0);
    let process = |_: Arc<Message>| {
        done.add_permits(1);
        std::future::ready(Ok::<_, std::io::Error>(()))
    };
    let stop = async { drop(done.acquire_many(messages).await) };
    let worker = Worker::new(redelivery.clone(), consumer).with_concurrency(CONCURRENCY);
    let report = worker.run(process, stop).await;
    anyhow::ensure!(report.acknowledged >= u64::from(messages), "{report}");
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(ROUNDS / 2).copied().unwrap_or_default()
}
