//! The memory of a worker whose messages are delayed.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use backoff_nats::{Jitter, Policy, Redelivery, Worker};
use tokio::sync::Semaphore;

use crate::support::{Server, resident};
use crate::world::{consumer, open, publish};

#[allow(clippy::print_stdout)] // a program
pub(crate) fn measure(binary: &Path, numbers: &[u32]) -> anyhow::Result<()> {
    for messages in numbers {
        let server = Server::start(binary.to_owned());
        let mut command = Command::new(std::env::current_exe()?);
        let worker = command
            .args(["delayed", &server.url(), &messages.to_string()])
            .output()?;
        anyhow::ensure!(
            worker.status.success(),
            "{}",
            String::from_utf8_lossy(&worker.stderr)
        );
        let text = String::from_utf8_lossy(&worker.stdout).into_owned();
        print!("{messages:>8} delayed messages: {}", text.trim());
        println!(", server {:.1} MiB", mebibytes(server.memory()));
    }
    Ok(())
}

/// Delays all messages, and prints the memory before and after.
#[allow(clippy::print_stdout)]
pub(crate) async fn delay(url: &str, messages: u32) -> anyhow::Result<()> {
    let (jetstream, stream) = open(url).await?;
    publish(&jetstream, messages).await?;
    let policy = Policy::constant(Duration::from_secs(3_600))
        .with_jitter(Jitter::None)
        .without_deadline();
    let redelivery = Redelivery::new(policy);
    let consumer = consumer(&stream, &redelivery, "delayed").await?;
    let failed = Semaphore::new(0);
    let process = |_: Arc<Message>| {
        failed.add_permits(1);
        std::future::ready(Err::<(), _>(io::Error::other("reset")))
    };
    let before = resident(std::process::id());
    let stop = async { drop(failed.acquire_many(messages).await) };
    let report = Worker::new(redelivery, consumer).run(process, stop).await;
    anyhow::ensure!(report.redelivered >= u64::from(messages), "{report}");
    let after = resident(std::process::id());
    println!(
        "worker {:.1} MiB, {:.1} MiB before the first",
        mebibytes(after),
        mebibytes(before)
    );
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // far below 2^52
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
