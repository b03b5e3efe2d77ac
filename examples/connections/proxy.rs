//! A TCP proxy that misbehaves as it is told, and counts connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What a proxy does with its connections. When that changes, it closes those that it has, except at a change from `Forward`
/// to `Silent`: then they stay open, and the server is gone without a goodbye.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Accepts them, and closes them after a while.
    Close(Duration),
    /// Carries bytes to the server and back.
    Forward,
    /// Accepts them, and says nothing.
    Silent,
}

/// A proxy in a task, which ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    accepted: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

impl Proxy {
    /// Starts a proxy before a server.
    pub async fn start(server: SocketAddr, mode: Mode) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (mode, changes) = watch::channel(mode);
        let accepted = Arc::<AtomicUsize>::default();
        let mut task = JoinSet::new();
        task.spawn(accept(listener, server, changes, accepted.clone()));
        Ok(Self {
            address,
            mode,
            accepted,
            _task: task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what it does from now on.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Returns how many connections it has accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    changes: watch::Receiver<Mode>,
    accepted: Arc<AtomicUsize>,
) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::Relaxed);
        connections.spawn(carry(stream, server, changes.clone()));
    }
}

async fn carry(mut stream: TcpStream, server: SocketAddr, mut changes: watch::Receiver<Mode>) {
    let mode = *changes.borrow_and_update();
    match mode {
        Mode::Close(after) => sleep(after).await,
        Mode::Forward => {
            let Ok(mut server) = TcpStream::connect(server).await else {
                return;
            };
            let is_over = tokio::select! {
                _ = copy_bidirectional(&mut stream, &mut server) => true,
                _ = changes.changed() => false,
            };
            if !is_over && *changes.borrow() == Mode::Silent {
                let _ = changes.changed().await; // an error: the proxy is gone
            }
        }
        Mode::Silent => {
            let _ = changes.changed().await;
        }
    }
}
