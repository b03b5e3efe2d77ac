//! Many calls that are dropped while they wait.

use std::io;
use std::time::{Duration, Instant};

use backoff_core::{ConcurrencyBudget, Constant, TokenBudget};
use backoff_tokio::{Jitter, Policy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::report::{Report, Row};
use crate::resources::Resources;

/// Waits for an hour after each attempt.
static POLICY: Policy<Constant> = Policy::constant(Duration::from_secs(3_600))
    .with_jitter(Jitter::None)
    .without_deadline();

static IN_FLIGHT: ConcurrencyBudget = ConcurrencyBudget::new(1, 1).with_min_retries(u32::MAX);
static TOKENS: TokenBudget = TokenBudget::new(1_000_000, COST);

/// The tokens that a retry takes.
const COST: u32 = 5;

static PERMITS: Semaphore = Semaphore::const_new(LIMIT);

/// The connections that are open at once.
const LIMIT: usize = 64;

/// Cancels so many calls, each in the wait after its first attempt.
pub(crate) async fn run(servers: &Handle, calls: usize, report: &mut Report) {
    let before = Resources::now();
    let mut row = Row {
        name: "closes; the calls are cancelled in the wait".to_owned(),
        ways: 1,
        calls,
        ..Row::default()
    };
    let (address, server) = start(servers).await;
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let address = address.clone();
        tasks.spawn(async move {
            let call = backoff_tokio::retry(&POLICY, || attempt(&address));
            call.uninterrupted()
                .with_budget((&IN_FLIGHT, &TOKENS))
                .await
                .is_ok()
        });
    }
    let started = Instant::now();
    while IN_FLIGHT.retries() < calls && started.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    row.requests = IN_FLIGHT.retries();
    row.memory_kib = Resources::growth_kib(before);
    tasks.shutdown().await;
    row.violations = violations(row.requests, calls);
    server.abort();
    row.violations.extend(Resources::lost_since(before).await);
    report.add(row);
}

fn violations(waiting: usize, calls: usize) -> Vec<String> {
    // A retry that was charged stays charged, unless it succeeds.
    let charged = u32::try_from(calls).map_or(u32::MAX, |calls| calls * COST);
    let expected = TOKENS.capacity().saturating_sub(charged);
    let cases = [
        (
            waiting == calls,
            format!("{waiting} of {calls} calls waited"),
        ),
        (
            IN_FLIGHT.calls() + IN_FLIGHT.retries() == 0,
            format!(
                "{} calls and {} retries are counted still",
                IN_FLIGHT.calls(),
                IN_FLIGHT.retries()
            ),
        ),
        (
            PERMITS.available_permits() == LIMIT,
            format!("{} permits are left", PERMITS.available_permits()),
        ),
        (
            TOKENS.tokens() == expected,
            format!("{} tokens are left, not {expected}", TOKENS.tokens()),
        ),
    ];
    let broken = cases.into_iter().filter(|(holds, _)| !holds);
    broken.map(|(_, text)| text).collect()
}

/// Sends a byte, and gets no answer.
async fn attempt(address: &str) -> io::Result<u8> {
    let _permit = PERMITS.acquire().await.map_err(io::Error::other)?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"?").await?;
    stream.read_u8().await
}

async fn start(servers: &Handle) -> (String, tokio::task::JoinHandle<()>) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let server = servers.spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tell.send(address.to_string()).expect("a listener");
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read_u8().await;
        }
    });
    (told.await.expect("an address"), server)
}
