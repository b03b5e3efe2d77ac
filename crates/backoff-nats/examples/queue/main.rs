//! A queue of orders whose workers and server are killed: every order is processed, or ends as a dead letter, and
//! every delay is what the policy says.
//!
//! ```sh
//! cargo run --example queue
//! ```
//!
//! It starts a NATS server, if one is installed, and worker processes, which are this program too.

mod check;
mod journal;
mod kill;
mod shop;
mod worker;

#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Parser, Subcommand};

use support::{Server, installed};

#[derive(Parser)]
struct Arguments {
    /// How many orders are published
    #[arg(long, default_value_t = 1_000)]
    orders: u32,
    /// How many worker processes there are
    #[arg(long, default_value_t = 3)]
    workers: usize,
    /// How many seconds pass until the next worker is killed
    #[arg(long, default_value_t = 2)]
    kill_every: u64,
    /// How often the server is killed and started again
    #[arg(long, default_value_t = 1)]
    restarts: u32,
    /// The program of the server, instead of the one that is found
    #[arg(long)]
    server: Option<PathBuf>,
    /// Let the server publish delayed orders again; needs NATS 2.12
    #[arg(long)]
    scheduled: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Processes orders; started by this program
    #[command(hide = true)]
    Worker { url: String, journal: PathBuf },
}

#[tokio::main]
#[allow(clippy::print_stdout)] // a program
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Role::Worker { url, journal }) = &arguments.role {
        return worker::run(url, journal, arguments.scheduled).await;
    }
    let Some(binary) = arguments.server.clone().or_else(|| installed().pop()) else {
        println!(
            "There is no nats-server. Install it: apt-get install nats-server, or scripts/servers for a newer one."
        );
        return Ok(());
    };
    let mut server = Server::start(binary);
    let shop = shop::open(&server.url(), arguments.scheduled).await?;
    let folder = tempfile::tempdir()?;
    let began = Instant::now();
    let killed = {
        let workers = kill::Workers::start(&arguments, &server.url(), folder.path())?;
        shop.publish(arguments.orders).await?;
        kill::until_done(&arguments, &shop, &mut server, workers).await?
    };
    let journal = journal::read(folder.path())?;
    let letters = shop.dead_letters().await?;
    let result = check::check(arguments.orders, &journal, &letters);
    println!(
        "NATS {}, {killed}, {:.1?}\n\n{result}",
        shop.version(),
        began.elapsed()
    );
    anyhow::ensure!(result.faults.is_empty(), "{} faults", result.faults.len());
    Ok(())
}
