//! Servers that misbehave by script.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
pub(crate) enum Reply {
    /// Answers.
    Answer(Response<Full<Bytes>>),
    /// Closes the connection without an answer, after it has read the request.
    Close,
    /// Never answers.
    Stall,
}

impl Reply {
    /// An answer with this status, these headers and the status as its body.
    pub(crate) fn status(status: u16, headers: &[(&str, &str)]) -> Self {
        Self::body(status, headers, status.to_string())
    }

    /// An answer with this status, these headers and this body.
    pub(crate) fn body(
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Full<Bytes>>,
    ) -> Self {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Self::Answer(response.body(body.into()).expect("a legal response"))
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) at: Instant,
}

impl Received {
    /// A header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.and_then(Result::ok).unwrap_or_default()
    }
}

/// An HTTP/1 server that answers the `n`th request, counted from 0, as its script says.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let (listener, url) = listen().await;
        let server = Self {
            url,
            received: Arc::default(),
            connections: Arc::default(),
        };
        tokio::spawn(server.clone().serve(listener, Arc::new(script)));
        server
    }

    /// A server that fails so often with a status, and then answers 200.
    pub(crate) async fn failing(times: usize, status: u16) -> Self {
        Self::start(move |n| Reply::status(if n < times { status } else { 200 }, &[])).await
    }

    async fn serve(
        self,
        listener: TcpListener,
        script: Arc<impl Fn(usize) -> Reply + Send + Sync + 'static>,
    ) {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            self.connections.fetch_add(1, Ordering::Relaxed);
            let (server, script) = (self.clone(), script.clone());
            let service = service_fn(move |request| {
                let (server, script) = (server.clone(), script.clone());
                async move { server.answer(request, &*script).await }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async { connection.await.is_ok() });
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        script: &(impl Fn(usize) -> Reply + Sync),
    ) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let received = Received {
            method: head.method.to_string(),
            headers: head.headers,
            body,
            at: Instant::now(),
        };
        let number = {
            let mut requests = self.received.lock().expect("no panic");
            requests.push(received);
            requests.len() - 1
        };
        match script(number) {
            Reply::Answer(response) => Ok(response),
            Reply::Close => Err(io::Error::other("closed")),
            Reply::Stall => pending().await,
        }
    }

    /// The requests that arrived.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    /// How many requests arrived.
    pub(crate) fn count(&self) -> usize {
        self.received().len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// A server that handles its `n`th connection, counted from 0, by hand.
pub(crate) async fn by_hand<F: Future<Output = ()> + Send>(
    handle: impl Fn(usize, TcpStream) -> F + Send + 'static,
) -> String {
    let (listener, url) = listen().await;
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.expect("a connection");
            handle(number, stream).await;
        }
    });
    url
}

/// Reads a request without a body, answers with these bytes, and closes the connection.
pub(crate) async fn answer_raw(mut stream: TcpStream, answer: &[u8]) {
    let mut request = [0; 4096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut request[length..]).await {
            Ok(0) | Err(_) => return,
            Ok(read) => length += read,
        }
    }
    let _: Result<(), Infallible> = stream.write_all(answer).await.or(Ok(()));
}

/// The address of a way to a server whose first connections are reset at once.
pub(crate) async fn resetting(times: usize, server: &Server) -> String {
    let target = server.url.replace("http://", "").replace('/', "");
    by_hand(move |number, mut stream| {
        let target = target.clone();
        async move {
            if number < times {
                stream.set_zero_linger().expect("a socket");
                return;
            }
            tokio::spawn(async move {
                let mut server = TcpStream::connect(target).await.expect("the server");
                let copied = tokio::io::copy_bidirectional(&mut stream, &mut server);
                copied.await.is_ok()
            });
        }
    })
    .await
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, format!("http://{address}/"))
}

/// Waits until something is so, for at most a second.
pub(crate) async fn eventually(is_so: impl Fn() -> bool) -> bool {
    for _ in 0..100 {
        if is_so() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    is_so()
}
