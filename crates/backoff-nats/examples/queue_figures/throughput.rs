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

/// Whatever else the machine does makes a round slower and never faster, so the fastest of each kind is compared.
const ROUNDS: usize = 9;

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
    let quick = redelivery.clone().unconfirmed();
    let kinds = [(false, true), (true, true), (false, false), (true, false)];
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for ((worker, confirmed), rates) in kinds.into_iter().zip(&mut rates) {
            let consumer = consumer(&stream, &redelivery, "figures").await?;
            let began = Instant::now();
            match (worker, confirmed) {
                (true, true) => run(&redelivery, consumer, messages).await?,
                (true, false) => run(&quick, consumer, messages).await?,
                (false, confirmed) => plain(&consumer, messages, confirmed).await?,
            }
            rates.push(f64::from(messages) / began.elapsed().as_secs_f64());
            stream.delete_consumer("figures").await?;
        }
    }
    let [plain, worker, quick_plain, quick_worker] = rates.map(fastest);
    println!("                                     plain consumer      worker");
    println!(
        "acknowledgements confirmed          {plain:>13.0}/s{worker:>10.0}/s{:>6.0} %",
        100.0 * worker / plain
    );
    println!(
        "acknowledgements not confirmed      {quick_plain:>13.0}/s{quick_worker:>10.0}/s{:>6.0} %",
        100.0 * quick_worker / quick_plain
    );
    anyhow::ensure!(worker >= 0.9 * plain, "the worker is too slow");
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

async fn run(
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

fn fastest(rates: Vec<f64>) -> f64 {
    rates.into_iter().fold(0.0, f64::max)
}
