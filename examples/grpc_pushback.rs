//! A server of tonic that pushes back, and a client of tonic that obeys.
//!
//! ```text
//! cargo run --example grpc_pushback
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::{Buf, BufMut};
use hyper::http::{self, uri::PathAndQuery};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Request, Response, Status};
use tower::ServiceBuilder;
use tower_backoff::{BoxError, BufferLayer, Buffered, Policy, RetryLayer, Rules};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(2));

/// `UNAVAILABLE` is retried, and nothing else.
static RULES: Rules = Rules::AIP_194;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let url = busy_server().await?;
    let channel = ServiceBuilder::new()
        .layer(BufferLayer::new(65_536)) // a body of tonic cannot be cloned
        .layer(
            RetryLayer::new(&POLICY)
                .with_rules(&RULES)
                .with_idempotent(|uri| uri.path() == "/weather.Weather/Now") // every call of gRPC is a POST
                .with_replay(Buffered::try_clone)
                .on_event(|event| println!("{}", event.line())),
        )
        .map_request(|request: http::Request<Buffered<Body>>| request.map(Body::new))
        .service(Endpoint::from_shared(url)?.connect_lazy());

    let mut client = tonic::client::Grpc::new(channel);
    for path in ["/weather.Weather/Now", "/weather.Weather/Order"] {
        client.ready().await?;
        let path = PathAndQuery::from_static(path);
        let answer = client
            .unary(Request::new("Oslo".to_owned()), path.clone(), Text)
            .await;
        let answer = answer
            .map(Response::into_inner)
            .map_err(|status| status.to_string());
        println!("{path}: {answer:?}");
    }
    Ok(())
}

/// Is unavailable two times out of three, and says for how long.
async fn busy_server() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(serve(listener));
    Ok(url)
}

async fn serve(listener: TcpListener) -> io::Result<()> {
    let calls = Arc::new(AtomicU32::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        let calls = calls.clone();
        let service = service_fn(move |request| {
            let answer = tower::service_fn({
                let calls = calls.clone();
                move |place: Request<String>| {
                    let call = calls.fetch_add(1, Ordering::Relaxed);
                    async move { weather(call, &place.into_inner()) }
                }
            });
            async move {
                let mut grpc = tonic::server::Grpc::new(Text);
                Ok::<_, Infallible>(grpc.unary(answer, request).await)
            }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async { connection.await.is_ok() });
    }
}

fn weather(call: u32, place: &str) -> Result<Response<String>, Status> {
    if call % 3 == 2 {
        return Ok(Response::new(format!("snow in {place}")));
    }
    let mut status = Status::unavailable("too many people ask");
    let pushback = http::HeaderValue::from_static("400");
    status
        .metadata_mut()
        .as_mut()
        .insert("grpc-retry-pushback-ms", pushback);
    Err(status)
}

/// Messages that are plain text, so that this example needs no generated code.
#[derive(Clone, Copy)]
struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let text = buffer.copy_to_bytes(buffer.remaining());
        let text = String::from_utf8(text.into());
        text.map(Some).map_err(|_| Status::internal("not text"))
    }
}
