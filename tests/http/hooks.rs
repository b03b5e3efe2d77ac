//! What happens before an attempt is sent: hooks, forms that are kept, a wait for a port.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_core::{Constant, Jitter};
use backoff_reqwest::{BoxError, Client, ClientBuilder, Policy, RetryMiddleware};
use bytes::Bytes;
use http_body_util::Full;
use reqwest::header::HeaderValue;
use reqwest::multipart::{Form, Part};

use crate::server::{Reply, Server};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// 10 ms between three attempts.
const QUICK: Policy<Constant> = Policy::constant(millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

fn builder() -> ClientBuilder<Constant> {
    Client::builder(QUICK).with_http(crate::plain)
}

#[tokio::test]
async fn each_attempt_has_a_fresh_token_and_the_hook_of_the_request_comes_last() {
    let server = Server::failing(2, 503).await;
    let tokens = Arc::new(AtomicU32::new(7));
    let client = builder()
        .with_attempt_numbers()
        .on_attempt(move |mut request, attempt| {
            let token = tokens.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::task::yield_now().await; // as one that asks a server
                assert_eq!(
                    request.headers()["retry-attempt"],
                    HeaderValue::from(attempt)
                );
                request.headers_mut().insert("x-token", token.into());
                Ok(request)
            }
        })
        .build()
        .expect("a client");
    let request = client.get(&server.url).on_attempt(|mut request, _| async {
        let signature = format!("of {:?}", request.headers()["x-token"]);
        request
            .headers_mut()
            .insert("x-signature", signature.try_into()?);
        Ok(request)
    });
    assert_eq!(request.send().await.expect("a response").status(), 200);
    let received = server.received();
    let tokens: Vec<_> = received.iter().map(|r| r.header("x-token")).collect();
    assert_eq!(tokens, ["7", "8", "9"]);
    let signatures: Vec<_> = received.iter().map(|r| r.header("x-signature")).collect();
    assert_eq!(signatures, ["of \"7\"", "of \"8\"", "of \"9\""]);
}

#[tokio::test]
async fn a_hook_that_fails_sends_nothing_and_its_error_says_whether_it_is_tried_again() {
    // The error of the first two hooks, and how many attempts follow: a POST too, because nothing was sent.
    let cases = [
        (io::ErrorKind::ConnectionReset, 3),
        (io::ErrorKind::TimedOut, 3),
        (io::ErrorKind::InvalidInput, 1),
    ];
    for (kind, attempts) in cases {
        let server = Server::failing(0, 503).await;
        let client = builder()
            .on_attempt(move |request, attempt| async move {
                match attempt {
                    3 => Ok(request),
                    _ => Err(BoxError::from(io::Error::from(kind))),
                }
            })
            .build()
            .expect("a client");
        let (outcome, report) = client.post(&server.url).body("order").send_reported().await;
        assert_eq!(report.attempts(), attempts, "{kind:?}: {report}");
        assert_eq!(server.count(), usize::from(attempts == 3), "{kind:?}");
        assert!(
            !report.may_be_processed_earlier(),
            "{kind:?}: nothing was sent"
        );
        if let Err(error) = outcome {
            let text = error.to_string();
            assert!(
                text.starts_with("the hook before attempt 1 failed: "),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_hook_that_hangs_is_interrupted_with_its_attempt_in_client_and_middleware() {
    let server = Server::failing(0, 503).await;
    let policy = QUICK.with_attempt_timeout(millis(100)).with_max_attempts(2);
    let client = builder()
        .on_attempt(|request, attempt| async move {
            if attempt == 1 {
                std::future::pending::<()>().await;
            }
            Ok(request)
        })
        .build()
        .expect("a client");
    let request = client.get(&server.url).with_policy(policy);
    let (outcome, report) = request.send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 200);
    assert_eq!((server.count(), report.attempts()), (1, 2), "{report}");
}

#[tokio::test]
async fn a_form_of_texts_is_sent_again_and_a_stream_is_not() {
    let form = || Form::new().text("name", "tea").text("amount", "7");
    for (texts, attempts) in [(true, 3), (false, 1)] {
        let server = Server::failing(2, 503).await;
        let client = builder().with_idempotency_keys().build().expect("a client");
        let request = client.post(&server.url).with(|http| {
            if texts {
                http.multipart(form())
            } else {
                http.body(reqwest::Body::wrap(Full::new(Bytes::from("stream"))))
            }
        });
        let (outcome, report) = request.send_reported().await;
        assert!(outcome.is_ok());
        assert_eq!(report.attempts(), attempts, "{report}");
        let received = server.received();
        for request in &received {
            assert_eq!(request.body, received[0].body);
            assert_eq!(
                request.header("idempotency-key"),
                received[0].header("idempotency-key")
            );
            let length = request.header("content-length");
            assert!(
                !texts || length == request.body.len().to_string(),
                "{length}"
            );
        }
        let body = String::from_utf8_lossy(&received[0].body).into_owned();
        assert!(
            !texts || body.contains("tea") && body.trim_end().ends_with("--"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_form_of_bytes_is_sent_again_up_to_the_limit() {
    const MIB: usize = 1024 * 1024;
    for (length, attempts) in [(0, 2), (3 * MIB, 2), (4 * MIB, 1)] {
        let server = Server::failing(1, 503).await;
        let client = builder().with_idempotency_keys().build().expect("a client");
        let file = Part::bytes(vec![b'x'; length]).file_name("image.png");
        let form = Form::new().text("name", "tea").part("image", file);
        let request = client.post(&server.url).with(|http| http.multipart(form));
        let (_, report) = request.send_reported().await;
        assert_eq!(report.attempts(), attempts, "{length} bytes: {report}");
        for request in server.received() {
            assert!(request.body.len() > length, "{length} bytes");
            let told = request.header("content-length");
            assert_eq!(told, request.body.len().to_string(), "{length} bytes");
        }
    }
}

#[tokio::test]
async fn a_form_of_texts_is_sent_again_by_the_middleware() {
    let server = Server::failing(1, 503).await;
    let http = crate::plain(reqwest::Client::builder()).build();
    let middleware = RetryMiddleware::new(QUICK).with_idempotency_keys();
    let client = reqwest_middleware::ClientBuilder::new(http.expect("a client"))
        .with(middleware)
        .build();
    let form = Form::new().text("name", "tea");
    let mut request = reqwest::Client::new()
        .post(&server.url)
        .multipart(form)
        .build()
        .expect("a request");
    request
        .headers_mut()
        .insert("x-form", HeaderValue::from_static("yes"));
    assert_eq!(
        client.execute(request).await.expect("a response").status(),
        200
    );
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_port_that_starts_to_listen_later_is_waited_for() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let address = free.expect("a free port");
    let policy = Policy::exponential(millis(50), millis(200))
        .with_max_attempts(20)
        .with_deadline(millis(10_000));
    let client = Client::builder(policy)
        .with_http(crate::plain)
        .build()
        .expect("a client");
    let call = tokio::spawn(client.get(format!("http://{address}/")).send_reported());
    tokio::time::sleep(millis(2_500)).await;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("still free");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        crate::server::answer_raw(stream, answer).await;
    });
    let (outcome, report) = call.await.expect("no panic");
    assert_eq!(outcome.expect("a response").status(), 200, "{report}");
    assert!(
        report.attempts() > 3,
        "more than doubtful failures get: {report}"
    );
}

#[tokio::test]
async fn a_request_to_https_that_this_build_cannot_make_is_sent_once() {
    // Without TLS it cannot be sent at all; with TLS, a server that speaks none ends the handshake.
    let server = Server::start(|_| Reply::Stall).await;
    let client = builder().build().expect("a client");
    let url = server.url.replace("http://", "https://");
    let (outcome, report) = client.get(&url).send_reported().await;
    let error = outcome.expect_err("no TLS");
    assert_eq!(
        (report.attempts(), server.count()),
        (1, 0),
        "{error}: {report}"
    );
}
