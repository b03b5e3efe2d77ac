//! A WebSocket server in a task, with a port of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

use crate::Server;

/// A server that greets each client, and then listens. It runs until it is killed or dropped.
#[derive(Debug)]
pub struct WebSocketServer {
    address: SocketAddr,
    task: JoinSet<()>,
}

impl WebSocketServer {
    /// Takes a free port, and leaves it closed.
    pub fn prepare() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self {
            address: listener.local_addr()?,
            task: JoinSet::new(),
        })
    }

    /// Where it listens, as long as it runs.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Server for WebSocketServer {
    async fn start(&mut self) -> io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        self.task.spawn(serve(socket.listen(64)?));
        Ok(())
    }

    async fn kill(&mut self) -> io::Result<()> {
        self.task.shutdown().await; // and drops the sockets with it
        Ok(())
    }
}

async fn serve(listener: TcpListener) {
    let mut clients = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        clients.spawn(greet(stream));
    }
}

async fn greet(stream: TcpStream) {
    let Ok(mut socket) = accept_async(stream).await else {
        return;
    };
    if socket.send(Message::text("hello")).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {} // answers pings
    }
}
