//! Eight processes call a service that is dead: how many retries do they make, without a budget, with one budget each, and
//! with one for all of them?
//!
//! ```sh
//! cargo run --example fleet_budget
//! ```
//!
//! It starts a NATS server, if one is installed, and the processes, which are this program too.

#[path = "../tests/support/mod.rs"]
mod support;

use std::io;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::jetstream::{self, kv, stream};
use backoff_nats::{
    Budget, FleetBudget, FleetLimit, KeyValue, LedgerStore, Policy, RatioBudget, Unlimited,
    Versioned,
};
use clap::{Parser, ValueEnum};
use futures_util::StreamExt;
use tokio::net::TcpStream;

use support::{Server, installed};

const PROCESSES: u32 = 8;

static POLICY: Policy = Policy::exponential(Duration::from_millis(5), Duration::from_millis(100));

/// One retry for ten calls of the fleet, and leases of 50.
static LIMIT: FleetLimit = FleetLimit::ratio(1, 10, 1_000).with_lease(50);

/// One retry for a hundred calls of a process, while the store is out of reach.
static LOCAL: RatioBudget = RatioBudget::new(1, 100).with_reserve(0);

/// One retry for ten calls of a process, and ten each second in any case.
static OWN: RatioBudget = RatioBudget::new(1, 10);

#[derive(Parser)]
struct Arguments {
    /// How many calls the fleet makes
    #[arg(long, default_value_t = 100_000)]
    calls: u32,
    /// The budget of a process; started by this program
    #[arg(long, hide = true)]
    process: Option<Kind>,
    #[arg(long, hide = true, default_value = "")]
    service: String,
    #[arg(long, hide = true, default_value = "")]
    store: String,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Kind {
    None,
    Own,
    Shared,
    Lost,
}

#[tokio::main]
#[allow(clippy::print_stdout)] // a program
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(kind) = arguments.process {
        return process(kind, &arguments).await;
    }
    let Some(binary) = installed().pop() else {
        println!(
            "There is no nats-server. Install it: apt-get install nats-server, or scripts/servers for a newer one."
        );
        return Ok(());
    };
    let server = Server::start(binary);
    open(&server.url()).await?;
    let service = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string(); // closed again at once
    let calls = arguments.calls;
    println!(
        "{PROCESSES} processes make {calls} calls to a service that is dead\n\nbudget                                   retries   most"
    );
    let tenth = calls / 10;
    let rows = [
        (
            Kind::None,
            "none, 5 attempts for each call",
            Some(4 * calls),
        ),
        (Kind::Own, "one per process, 10 % and 10 per second", None),
        (Kind::Shared, "shared, 10 %", Some(tenth)),
        (
            Kind::Lost,
            "shared, without its store: 1 % local",
            Some(calls / 100),
        ),
    ];
    for (kind, name, most) in rows {
        let retries = run(kind, &arguments, &service, &server.url())?;
        let limit = most.map_or_else(|| "-".to_owned(), |most| most.to_string());
        println!("{name:<40}{retries:>8}{limit:>7}");
        anyhow::ensure!(
            most.is_none_or(|most| retries <= u64::from(most)),
            "too many retries"
        );
    }
    Ok(())
}

/// Starts the processes, and returns how many retries they made.
fn run(kind: Kind, arguments: &Arguments, service: &str, store: &str) -> anyhow::Result<u64> {
    let name = kind
        .to_possible_value()
        .map(|value| value.get_name().to_owned());
    let calls = (arguments.calls / PROCESSES).to_string();
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--process", &name.unwrap_or_default(), "--calls", &calls]);
    command
        .args(["--service", service, "--store", store])
        .stdout(Stdio::piped());
    let processes: Vec<_> = (0..PROCESSES)
        .map(|_| command.spawn())
        .collect::<Result<_, _>>()?;
    let mut retries = 0;
    for process in processes {
        let output = process.wait_with_output()?;
        retries += String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<u64>()?;
    }
    Ok(retries)
}

async fn process(kind: Kind, arguments: &Arguments) -> anyhow::Result<()> {
    match kind {
        Kind::None => call(Unlimited, arguments).await,
        Kind::Own => call(&OWN, arguments).await,
        Kind::Shared => {
            let store = KeyValue::new(open(&arguments.store).await?, "service");
            let (budget, keeper) = FleetBudget::new(LIMIT, &LOCAL, store);
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let keeper = tokio::spawn(keeper.run(async { drop(stopped.await) }));
            call(budget, arguments).await;
            drop(stop);
            keeper.await?;
        }
        Kind::Lost => {
            let (budget, keeper) = FleetBudget::new(LIMIT, &LOCAL, Unreachable);
            let keeper = tokio::spawn(keeper.run(std::future::pending()));
            call(budget, arguments).await;
            keeper.abort();
        }
    }
    Ok(())
}

/// Makes the calls, a hundred at a time, and prints how many retries they made.
#[allow(clippy::print_stdout)]
async fn call<B: Budget + Clone>(budget: B, arguments: &Arguments) {
    let attempts = AtomicU64::new(0);
    let calls = futures_util::stream::iter(0..arguments.calls).map(|_| {
        let connect = || {
            attempts.fetch_add(1, Ordering::Relaxed);
            TcpStream::connect(&arguments.service)
        };
        backoff_nats::retry(&POLICY, connect).with_budget(budget.clone())
    });
    let answered = calls
        .buffer_unordered(100)
        .filter(|outcome: &io::Result<_>| std::future::ready(outcome.is_ok()));
    let answered = answered.count().await;
    assert_eq!(answered, 0, "the service is dead");
    println!(
        "{}",
        attempts.into_inner().saturating_sub(arguments.calls.into())
    );
}

/// A store that does not answer.
struct Unreachable;

impl LedgerStore for Unreachable {
    type Error = &'static str;

    async fn load(&self) -> Result<Versioned, &'static str> {
        Err("out of reach")
    }

    async fn replace(&self, _: u64, _: Vec<u8>) -> Result<bool, &'static str> {
        Err("out of reach")
    }
}

/// The bucket, made as its stream because servers before 2.10 are met here, too.
async fn open(url: &str) -> anyhow::Result<kv::Store> {
    let jetstream = jetstream::new(async_nats::connect(url).await?);
    let config = stream::Config {
        name: "KV_budgets".to_owned(),
        subjects: vec!["$KV.budgets.>".to_owned()],
        max_messages_per_subject: 1,
        allow_rollup: true,
        allow_direct: true,
        ..Default::default()
    };
    jetstream.get_or_create_stream(config).await?;
    Ok(jetstream.get_key_value("budgets").await?)
}
