//! A server on this machine that misbehaves by script.

use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use backoff_http::HttpDate;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::RETRY_AFTER;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::net::TcpListener;

/// Starts the server and tells its address. It runs as long as the runtime does.
pub(crate) async fn start() -> io::Result<Url> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(serve(listener));
    url.parse().map_err(io::Error::other)
}

async fn serve(listener: TcpListener) -> io::Result<()> {
    let requests = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        let requests = requests.clone();
        let service = service_fn(move |_| answer(requests.fetch_add(1, Ordering::Relaxed)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // How a connection ends is the business of the client, which this example is about.
        tokio::spawn(async { connection.await.is_ok() });
    }
}

/// The script. An error closes the connection, and the last answer is given from then on.
async fn answer(request: usize) -> io::Result<Response<Full<Bytes>>> {
    let response = Response::builder();
    let response = match request {
        0 => return Err(io::Error::other("closed without a response")),
        1 => response.status(StatusCode::SERVICE_UNAVAILABLE),
        2 => response
            .status(StatusCode::TOO_MANY_REQUESTS)
            .header(RETRY_AFTER, 1),
        3 => response
            .status(StatusCode::SERVICE_UNAVAILABLE)
            .header(RETRY_AFTER, in_two_seconds().to_string()),
        4 => pending().await,
        _ => return Ok(Response::new(Full::from(BODY))),
    };
    response.body(Full::default()).map_err(io::Error::other)
}

/// HTTP-dates have no fractions, so this is one to two seconds from now.
fn in_two_seconds() -> HttpDate {
    HttpDate::from(SystemTime::now() + Duration::from_secs(2))
}

const BODY: &str = "Hello from a server that answers at last.\n";
