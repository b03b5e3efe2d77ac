//! The distribution of delays.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use backoff_nats::{MessageEventKind, Policy, Redelivery, Settlement, Worker};
use tokio::sync::Semaphore;

use crate::support::Server;
use crate::world::{consumer, open, publish};

const WINDOW: Duration = Duration::from_secs(20);

/// A critical value of the test at 1 %, times the root of the number of samples (Massey, "The Kolmogorov-Smirnov Test for
/// Goodness of Fit", Journal of the American Statistical Association 46 (253), 1951, table 1).
const CRITICAL: f64 = 1.63;

pub(crate) async fn measure(binary: PathBuf, messages: u32) -> anyhow::Result<()> {
    let server = Server::start(binary);
    // Uniform samples fail a test at 1 % one time of a hundred, and two tests one time of ten thousand.
    let passed = is_uniform(&server, messages).await? || is_uniform(&server, messages).await?;
    anyhow::ensure!(passed, "the delays are not uniform");
    Ok(())
}

#[allow(clippy::print_stdout)]
async fn is_uniform(server: &Server, messages: u32) -> anyhow::Result<bool> {
    let (jetstream, stream) = open(&server.url()).await?;
    publish(&jetstream, messages).await?;
    let version = jetstream.client().server_info().version;

    let decided = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&decided);
    let policy = Policy::constant(WINDOW).without_deadline();
    let redelivery = Redelivery::new(policy).on_event(move |event| {
        if let MessageEventKind::Settled {
            settlement: Settlement::Redeliver { after, .. },
            ..
        } = event.kind
        {
            record
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(after);
        }
    });
    let consumer = consumer(&stream, &redelivery, "delays").await?;
    let (failed, measured) = (Mutex::new(HashMap::new()), Mutex::new(Vec::new()));
    let done = Semaphore::new(0);
    let process = |message: Arc<Message>| {
        let now = Instant::now();
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match failed.remove(&message.payload) {
            None => {
                failed.insert(message.payload.clone(), now);
                Err(io::Error::other("reset"))
            }
            Some(before) => {
                measured
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(now - before);
                done.add_permits(1);
                Ok(())
            }
        };
        std::future::ready(outcome)
    };
    let stop = async { drop(done.acquire_many(messages).await) };
    Worker::new(redelivery, consumer).run(process, stop).await;

    let decided = decided
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let measured = measured
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    println!(
        "NATS {version}, {messages} redeliveries, window {WINDOW:?}, uniform at 1 % up to D = {:.4}",
        critical(decided.len())
    );
    let mut passed = true;
    for (name, delays) in [("decided", decided), ("measured", measured)] {
        let shortest = delays.iter().min().copied().unwrap_or_default();
        let longest = delays.iter().max().copied().unwrap_or_default();
        let distance = distance(delays.clone());
        println!("{name:>9}: D = {distance:.4}, {shortest:.3?} to {longest:.3?}");
        passed &= distance <= critical(delays.len());
        passed &= name == "measured" || delays.iter().all(|delay| *delay <= WINDOW);
    }
    Ok(passed)
}

#[allow(clippy::cast_precision_loss)] // thousands
fn critical(samples: usize) -> f64 {
    CRITICAL / (samples as f64).sqrt()
}

/// The largest distance between the samples' distribution and the uniform one.
#[allow(clippy::cast_precision_loss)]
fn distance(mut delays: Vec<Duration>) -> f64 {
    delays.sort_unstable();
    let count = delays.len() as f64;
    let distances = delays.iter().enumerate().map(|(rank, delay)| {
        let expected = (delay.as_secs_f64() / WINDOW.as_secs_f64()).min(1.0);
        let (below, above) = (rank as f64 / count, (rank + 1) as f64 / count);
        (expected - below).abs().max((above - expected).abs())
    });
    distances.fold(0.0, f64::max)
}
