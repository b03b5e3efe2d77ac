//! What the tests share: a policy with short windows, a server for each client, and what a log must show.

use std::net::SocketAddr;
use std::time::Duration;

use backoff_connections::{
    Client, Heard, Line, Log, Patience, Program, Server, ServerProcess, WebSocketServer, What,
};
use backoff_tokio::{Jitter, Policy};

const BASE: Duration = Duration::from_millis(20);
const MAX: Duration = Duration::from_millis(160);

/// Windows of 20, 40, 80, 160, 160, .. ms. A wait is at least half of its window.
pub(crate) static POLICY: Policy = Policy::exponential(BASE, MAX)
    .with_jitter(Jitter::Equal)
    .with_doubtful_limit(u32::MAX)
    .retry_forever();

/// How long a connection must last to count as stable.
pub(crate) const STABLE: Duration = Duration::from_millis(150);

/// For a machine that is busy with other tests.
pub(crate) const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(3),
    quiet: Duration::from_secs(1),
};

/// How late a task may run on a busy machine.
pub(crate) const LATE: Duration = Duration::from_secs(2);

/// The window before the attempt after this one.
pub(crate) fn window(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(10);
    (BASE * 2_u32.pow(doublings)).min(MAX)
}

/// The most attempts within a time, if every wait is as short as the policy allows.
pub(crate) fn most_attempts(time: Duration) -> usize {
    let mut begins = Duration::ZERO;
    let attempts = (1..).take_while(|attempt| {
        let is_within = begins <= time;
        begins += window(*attempt) / 2;
        is_within
    });
    attempts.count()
}

/// A server for a client.
pub(crate) enum AnyServer {
    Process(ServerProcess),
    Task(WebSocketServer),
}

impl AnyServer {
    /// `None` if it is not installed, which has been said.
    pub(crate) async fn prepare(client: Client) -> Option<Self> {
        let program = match client {
            Client::Mqtt => Program::Mosquitto,
            Client::PostgreSql => Program::PostgreSql,
            Client::Redis => Program::Redis,
            Client::WebSocket => {
                return Some(Self::Task(WebSocketServer::prepare().expect("a port")));
            }
        };
        let process = ServerProcess::prepare(program).await.expect("a server");
        process.map(Self::Process)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Process(server) => server.address(),
            Self::Task(server) => server.address(),
        }
    }
}

impl Server for AnyServer {
    async fn start(&mut self) -> std::io::Result<()> {
        match self {
            Self::Process(server) => server.start().await,
            Self::Task(server) => server.start().await,
        }
    }

    async fn kill(&mut self) -> std::io::Result<()> {
        match self {
            Self::Process(server) => server.kill().await,
            Self::Task(server) => server.kill().await,
        }
    }
}

pub(crate) fn is_up(what: &What) -> bool {
    matches!(what, What::Heard(Heard::Up))
}

/// Checks that each wait was within its window, that no attempt came before its wait was over, and that none came late.
pub(crate) fn assert_within_windows(log: &Log) {
    let lines = log.lines();
    let mut expected = None;
    for Line { at, what } in &lines {
        match what {
            What::Failed { attempt, delay, .. } => {
                let window = window(*attempt);
                assert!(
                    *delay >= window / 2 && *delay <= window,
                    "at {at:?}:\n{log}"
                );
                expected = Some((attempt + 1, *at + *delay));
            }
            What::Attempt(attempt) => {
                let (next, begins) = expected.take().unwrap_or((1, Duration::ZERO));
                assert_eq!(*attempt, next, "at {at:?}:\n{log}");
                assert!(*at >= begins, "too early at {at:?}:\n{log}");
                assert!(*at <= begins + LATE, "too late at {at:?}:\n{log}");
            }
            _ => {}
        }
    }
}

/// Checks that between two attempts at least the first window went by, once the first has failed without a connection.
pub(crate) fn assert_never_twice_within_the_first_window(log: &Log) {
    let mut last = None;
    for Line { at, what } in log.lines() {
        match what {
            What::Attempt(attempt) if attempt > 2 => {
                let gap = last.map_or(Duration::MAX, |last| at.saturating_sub(last));
                assert!(gap >= BASE, "at {at:?}:\n{log}");
                last = Some(at);
            }
            What::Attempt(_) => last = Some(at),
            _ => {}
        }
    }
}
