//! What the examples share: a server on this machine that misbehaves as they tell it. Each example is one runnable file.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A response of the server.
pub type Answer = Response<Full<Bytes>>;

/// Starts a server that answers each request by `answer`, which takes its number, from 1, and the request. Returns its URL.
///
/// An error closes the connection. The server runs as long as the runtime does.
///
/// # Errors
///
/// Fails if no port is free.
pub async fn serve<F>(
    answer: impl Fn(usize, Request<Incoming>) -> F + Send + Sync + 'static,
) -> io::Result<String>
where
    F: Future<Output = io::Result<Answer>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(accept(listener, Arc::new(answer)));
    Ok(url)
}

async fn accept<F>(
    listener: TcpListener,
    answer: Arc<impl Fn(usize, Request<Incoming>) -> F + Send + Sync + 'static>,
) -> io::Result<()>
where
    F: Future<Output = io::Result<Answer>> + Send + 'static,
{
    let requests = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        let (requests, answer) = (requests.clone(), answer.clone());
        let service = service_fn(move |request| {
            let number = requests.fetch_add(1, Ordering::Relaxed) + 1;
            let answer = answer.clone();
            async move { answer(number, request).await }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async { connection.await.is_ok() });
    }
}

/// Makes a response with this status, these headers and this body.
///
/// # Errors
///
/// Fails if the status or a header is invalid.
pub fn answer(
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Full<Bytes>>,
) -> io::Result<Answer> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).map_err(io::Error::other)
}
