//! Measures what `docs/handbook/queues.md` says: the distribution of delays, the throughput of a worker, and its memory.
//!
//! ```sh
//! cargo run --release --example queue_figures -- delays
//! ```

mod delays;
mod memory;
mod throughput;
mod world;

#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use support::installed;

#[derive(Parser)]
struct Arguments {
    /// The program of the server, instead of the newest that is found
    #[arg(long)]
    server: Option<PathBuf>,
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Subcommand)]
enum Figure {
    /// Compares delays with the uniform distribution, by the test of Kolmogorov and Smirnov
    Delays {
        #[arg(long, default_value_t = 10_000)]
        messages: u32,
    },
    /// Compares the resident memory of a worker with few and with many delayed messages
    Memory {
        #[arg(long, default_values_t = [1_000, 100_000])]
        messages: Vec<u32>,
    },
    /// Compares a worker with a plain pull consumer of async-nats
    Throughput {
        #[arg(long, default_value_t = 20_000)]
        messages: u32,
    },
    /// Delays messages, and prints the resident memory; started by `memory`
    #[command(hide = true)]
    Delayed { url: String, messages: u32 },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Figure::Delayed { url, messages } = arguments.figure {
        return memory::delay(&url, messages).await;
    }
    let Some(binary) = arguments.server.or_else(|| installed().pop()) else {
        anyhow::bail!("there is no nats-server: run scripts/servers");
    };
    match arguments.figure {
        Figure::Delays { messages } => delays::measure(binary, messages).await,
        Figure::Memory { messages } => memory::measure(&binary, &messages),
        Figure::Throughput { messages } => throughput::measure(binary, messages).await,
        Figure::Delayed { .. } => Ok(()),
    }
}
