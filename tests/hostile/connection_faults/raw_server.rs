//! A server that writes bytes, whatever the protocol says.

use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::faults::{Fault, Protocol, Then};

/// The body of the answer after the faults.
pub(super) const GOOD: &str = "good";

/// A server whose first connections misbehave. Later ones answer, if they speak HTTP/1.
#[derive(Debug)]
pub(super) struct RawServer {
    port: u16,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// The connections that misbehave.
const FAULTY: usize = 2;

impl RawServer {
    pub(super) fn start(servers: &Handle, fault: &Fault) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(AtomicUsize::new(0));
        let (counter, fault) = (requests.clone(), Arc::new(fault.clone()));
        let task = servers.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            let mut connections = tokio::task::JoinSet::new();
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    break;
                };
                let (counter, fault) = (counter.clone(), fault.clone());
                connections.spawn(serve(stream, number, fault, counter));
            }
        });
        Self {
            port,
            requests,
            task,
        }
    }

    pub(super) fn url(&self, protocol: Protocol) -> String {
        let scheme = if protocol == Protocol::Tls {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://127.0.0.1:{}/", self.port)
    }

    /// Returns how many requests have arrived as a whole.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(super) fn stop(self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, number: usize, fault: Arc<Fault>, counter: Arc<AtomicUsize>) {
    let is_faulty = number < FAULTY || fault.protocol != Protocol::Http1;
    match fault.protocol {
        _ if fault.before_the_request => {}
        Protocol::Http1 => {
            if read_request(&mut stream).await.is_none() {
                return;
            }
            counter.fetch_add(1, Ordering::SeqCst);
        }
        Protocol::Http2 => {
            let mut preface = [0; 24];
            if stream.write_all(&fault.greeting).await.is_err()
                || stream.read_exact(&mut preface).await.is_err()
                || read_headers_frame(&mut stream).await.is_none()
            {
                return;
            }
            counter.fetch_add(1, Ordering::SeqCst);
        }
        Protocol::Tls => {
            let _ = stream.read(&mut [0; 4_096]).await;
        }
    }
    if !is_faulty {
        let good =
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\n{GOOD}");
        let _ = stream.write_all(good.as_bytes()).await;
        return;
    }
    misbehave(&mut stream, &fault).await;
    let goes_on = fault.protocol == Protocol::Http2 && matches!(fault.then, Then::Stall);
    while goes_on && read_headers_frame(&mut stream).await.is_some() {
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

async fn misbehave(stream: &mut TcpStream, fault: &Fault) {
    for chunk in fault.bytes.chunks(fault.chunk.max(1)) {
        if stream.write_all(chunk).await.is_err() {
            return;
        }
        if fault.chunk < fault.bytes.len() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    match &fault.then {
        Then::Close => {}
        Then::Repeat(bytes) => while stream.write_all(bytes).await.is_ok() {},
        Then::Reset => {
            let _ = stream.set_zero_linger();
        }
        Then::Stall if fault.protocol == Protocol::Http2 => {} // its requests are counted
        Then::Stall => {
            // Until the client closes.
            let mut rest = [0; 1_024];
            while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        }
        Then::Trickle(bytes) => {
            while stream.write_all(bytes).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Reads a request of HTTP/1 with the body `order`.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\norder") {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    Some(())
}

/// Reads frames of HTTP/2 up to the first one of a request: HEADERS (RFC 9113, section 6.2).
async fn read_headers_frame(stream: &mut TcpStream) -> Option<()> {
    const HEADERS: u8 = 1;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, ..] = head;
        let length = u32::from_be_bytes([0, a, b, c]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await.ok()?;
        if kind == HEADERS {
            return Some(());
        }
    }
}
