//! The layer of `tower-backoff` around tonic's client, against tonic's server.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Code, Request, Response, Status};
use tower::ServiceBuilder;
use tower_backoff::{BufferLayer, Buffered, Policy, RetryLayer, Rules};

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(1), Duration::from_millis(5)).with_doubtful_limit(1);
static RULES: Rules = Rules::AIP_194;

#[tokio::test]
async fn the_pushback_of_a_server_is_obeyed() {
    let cases = [
        ("/shop/Read", Code::Unavailable, Some("150"), 2, 150),
        ("/shop/Read", Code::Unavailable, None, 2, 0),
        ("/shop/Read", Code::Unavailable, Some("-1"), 1, 0),
        ("/shop/Read", Code::Unavailable, Some("soon"), 1, 0),
        ("/shop/Read", Code::InvalidArgument, Some("150"), 1, 0),
        ("/shop/Order", Code::Unavailable, Some("150"), 1, 0),
    ];
    for (path, code, pushback, attempts, millis) in cases {
        let case = format!("{path} {code} {pushback:?}");
        let server = Server::start(code, pushback).await;
        let began = Instant::now();
        let answer = call(&server.url, path).await;
        let took = began.elapsed();
        assert_eq!(server.received(), vec!["question"; attempts], "{case}");
        assert!(took >= Duration::from_millis(millis), "{case}: {took:?}");
        match answer {
            Ok(answer) => assert_eq!((answer.as_str(), attempts), ("answer", 2), "{case}"),
            Err(status) => assert_eq!((status.code(), attempts), (code, 1), "{case}"),
        }
    }
}

#[tokio::test]
async fn an_error_keeps_its_meaning_through_the_layer() {
    let status = call("http://127.0.0.1:1", "/shop/Read")
        .await
        .expect_err("nobody there");
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
}

async fn call(url: &str, path: &'static str) -> Result<String, Status> {
    let endpoint = Endpoint::from_shared(url.to_owned()).expect("an address");
    let channel = ServiceBuilder::new()
        .layer(BufferLayer::new(65_536))
        .layer(
            RetryLayer::new(&POLICY)
                .with_rules(&RULES)
                .with_idempotent(|uri| uri.path() == "/shop/Read")
                .with_replay(Buffered::<Body>::try_clone),
        )
        .map_request(|request: http::Request<Buffered<Body>>| request.map(Body::new))
        .service(endpoint.connect_lazy());
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(Status::from_error)?;
    let path = PathAndQuery::from_static(path);
    let answer = client
        .unary(Request::new("question".to_owned()), path, Text)
        .await?;
    Ok(answer.into_inner())
}

/// A server whose first answer is a failure.
struct Server {
    url: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(code: Code, pushback: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let received: Arc<Mutex<Vec<String>>> = Arc::default();
        let questions = received.clone();
        let answer = move |question: Request<String>| {
            let mut questions = questions.lock().expect("no panic");
            questions.push(question.into_inner());
            let is_first = questions.len() == 1;
            async move {
                if !is_first {
                    return Ok(Response::new("answer".to_owned()));
                }
                let mut status = Status::new(code, "not now");
                if let Some(pushback) = pushback {
                    let value = pushback.parse().expect("a legal value");
                    status
                        .metadata_mut()
                        .insert("grpc-retry-pushback-ms", value);
                }
                Err(status)
            }
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answer.clone();
                let service = service_fn(move |request| {
                    let answer = tower::service_fn(answer.clone());
                    async move {
                        let mut grpc = tonic::server::Grpc::new(Text);
                        Ok::<_, Infallible>(grpc.unary(answer, request).await)
                    }
                });
                let connection = http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async { connection.await.is_ok() });
            }
        });
        Self { url, received }
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().expect("no panic").clone()
    }
}

/// Messages that are plain text.
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
        let text = String::from_utf8(text.into()).map_err(|_| Status::internal("not text"))?;
        Ok(Some(text))
    }
}
