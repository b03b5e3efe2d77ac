//! Requests that a server processed before another server failed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use backoff_reqwest::{
    ClassifiedBy, Client, Policy, Report, RetryMark, RetryMiddleware, no_retries, redirects,
};
use http::Request;
use reqwest::{Method, retry};
use reqwest_middleware::{ClientBuilder, Error};
use tower::{Layer, ServiceExt, service_fn};
use tower_backoff::RetryLayer;

use crate::server::{Reply, Server};

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(1), Duration::from_millis(5)).with_max_attempts(3);

/// A server whose answer to each order leads to nobody.
async fn leading_to_nobody(status: u16) -> Server {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let nobody = format!("http://{}/", free.expect("a free port"));
    Server::start(move |_| Reply::status(status, &[("location", &nobody)])).await
}

/// A server whose answer to an order leads back to it, where it is not ready yet.
async fn leading_to_too_early() -> Server {
    Server::start(|n| match n % 2 {
        0 => Reply::status(303, &[("location", "/")]),
        _ => Reply::status(425, &[]),
    })
    .await
}

async fn send(method: Method, server: &Server) -> (Option<RetryMark>, Report) {
    let client = Client::builder(&POLICY).with_http(crate::plain).build();
    let request = client.expect("a client").request(method, &server.url);
    let (outcome, report) = request.body("order").send_reported().await;
    let mark = match outcome {
        Ok(response) => response.extensions().get().copied(),
        Err(error) => RetryMark::find(&error),
    };
    (mark, report)
}

#[tokio::test]
async fn a_post_that_was_redirected_to_nobody_was_processed() {
    for status in [301, 302, 303, 307, 308] {
        let server = leading_to_nobody(status).await;
        let (mark, report) = send(Method::POST, &server).await;
        assert_eq!(server.count(), 1, "{status}: {report}");
        assert!(
            matches!(
                report.classification().classified_by(),
                ClassifiedBy::Unrepeatable(_)
            ),
            "{report}"
        );
        assert_eq!(
            mark,
            Some(RetryMark::after(1)),
            "{status}: for the layers around"
        );
    }
    let server = leading_to_nobody(307).await;
    let (_, report) = send(Method::PUT, &server).await;
    assert_eq!(server.count(), 3, "{report}");
}

#[tokio::test]
async fn a_post_that_was_redirected_to_a_425_was_processed() {
    let server = leading_to_too_early().await;
    let (mark, report) = send(Method::POST, &server).await;
    assert_eq!(server.count(), 2, "{report}");
    assert_eq!(mark, Some(RetryMark::after(1)), "for the layers around");

    let server = Server::failing(1, 425).await;
    let (mark, report) = send(Method::POST, &server).await;
    assert_eq!(
        (server.count(), mark),
        (2, None),
        "{report}: not redirected"
    );
}

#[tokio::test]
async fn a_middleware_believes_what_it_sees() {
    let middleware = |retries: retry::Builder| {
        let http = crate::plain(reqwest::Client::builder()).retry(retries);
        ClientBuilder::new(http.build().expect("a client")).with(RetryMiddleware::new(&POLICY))
    };
    let client = middleware(no_retries()).build();
    let server = leading_to_nobody(303).await;
    let error = client.post(&server.url).send().await.expect_err("nobody");
    let Error::Middleware(error) = error else {
        panic!("not marked: {error:?}")
    };
    assert_eq!(
        (server.count(), RetryMark::find(&*error)),
        (1, Some(RetryMark::after(1)))
    );

    // Where it cannot see whether a request was redirected, it takes it for one that was.
    for (retries, expected) in [(no_retries(), 200), (retry::never(), 425)] {
        let server = Server::failing(1, 425).await;
        let response = middleware(retries).build().post(&server.url).send().await;
        assert_eq!(response.expect("a response").status(), expected);
    }
}

#[tokio::test]
async fn a_layer_around_the_client_leaves_it_at_that() {
    let client = Client::builder(&POLICY).with_http(crate::plain).build();
    let client = client.expect("a client");
    let service = service_fn(move |request: Request<String>| {
        let client = client.clone();
        async move {
            let response = client.execute(request.try_into()?).await?;
            Ok::<http::Response<reqwest::Body>, tower_backoff::BoxError>(response.into())
        }
    });
    let server = leading_to_nobody(303).await;
    let request = Request::post(&server.url).body("order".to_owned());
    let layers = RetryLayer::new(&POLICY).layer(service);
    let outcome = layers.oneshot(request.expect("a legal request")).await;
    assert!(outcome.is_err());
    assert_eq!(server.count(), 1);
}

/// A server that leads each request to another one, by this status.
async fn leading_to(other: &Server, status: u16) -> Server {
    let location = format!("{}there", other.url);
    Server::start(move |_| Reply::status(status, &[("location", &location)])).await
}

#[tokio::test]
async fn a_redirect_to_another_host_carries_neither_key_nor_number() {
    // The status, the method and the body that the other host sees.
    let cases = [
        (301, "GET", ""),
        (302, "GET", ""),
        (303, "GET", ""),
        (307, "POST", "order"),
        (308, "POST", "order"),
    ];
    for (status, method, body) in cases {
        for in_middleware in [false, true] {
            let other = Server::failing(0, 503).await;
            let server = leading_to(&other, status).await;
            let code = if in_middleware {
                let http = crate::plain(reqwest::Client::builder());
                let http = http.retry(no_retries()).redirect(redirects(10)).build();
                let middleware = RetryMiddleware::new(&POLICY).with_idempotency_keys();
                let client = ClientBuilder::new(http.expect("a client"))
                    .with(middleware.with_attempt_numbers())
                    .build();
                let request = client.post(&server.url).header("x-own", "7").body("order");
                request.send().await.expect("a response").status()
            } else {
                let builder = Client::builder(&POLICY).with_http(crate::plain);
                let builder = builder.with_idempotency_keys().with_attempt_numbers();
                let client = builder.build().expect("a client");
                let request = client.post(&server.url).header("x-own", "7").body("order");
                request.send().await.expect("a response").status()
            };
            assert_eq!(code, 200, "{status}");
            let (first, then) = (&server.received()[0], &other.received()[0]);
            assert!(!first.header("idempotency-key").is_empty(), "{status}");
            assert_eq!(first.header("retry-attempt"), "1", "{status}");
            for name in ["idempotency-key", "retry-attempt"] {
                assert_eq!(then.header(name), "", "{status}: {name}");
            }
            assert_eq!(then.header("x-own"), "7", "{status}");
            assert_eq!(
                (&*then.method, &*then.body),
                (method, body.as_bytes()),
                "{status}"
            );
        }
    }
}

#[tokio::test]
async fn a_redirect_within_a_host_keeps_the_key_and_a_retry_begins_at_the_first_host() {
    let server = Server::start(|n| match n {
        0 => Reply::status(307, &[("location", "/there")]),
        _ => Reply::status(200, &[]),
    })
    .await;
    let builder = Client::builder(&POLICY).with_http(crate::plain);
    let client = builder.with_idempotency_keys().build().expect("a client");
    let response = client.post(&server.url).body("order").send().await;
    assert_eq!(response.expect("a response").status(), 200);
    let received = server.received();
    let keys: Vec<_> = received
        .iter()
        .map(|r| r.header("idempotency-key"))
        .collect();
    assert_eq!((keys.len(), keys[0]), (2, keys[1]));

    let other = Server::failing(1, 503).await;
    let server = leading_to(&other, 307).await;
    let response = client.post(&server.url).body("order").send().await;
    assert_eq!(response.expect("a response").status(), 200);
    assert_eq!((server.count(), other.count()), (2, 2));
}

#[tokio::test]
async fn an_attempt_follows_ten_redirects_also_from_host_to_host() {
    for keyed in [false, true] {
        let server = Server::start(|_| Reply::status(307, &[("location", "/again")])).await;
        let builder = Client::builder(&POLICY).with_http(crate::plain);
        let client = if keyed {
            builder.with_attempt_numbers()
        } else {
            builder
        };
        let client = client.build().expect("a client");
        let (outcome, report) = client.get(&server.url).send_reported().await;
        assert!(outcome.expect_err("a circle").is_redirect(), "{report}");
        assert_eq!((server.count(), report.attempts()), (11, 1), "{report}");

        let there: Arc<OnceLock<String>> = Arc::default();
        let leads = there.clone();
        let one = Server::start(move |_| {
            let location = leads.get().map_or("", String::as_str);
            Reply::status(307, &[("location", location)])
        })
        .await;
        let other = leading_to(&one, 307).await;
        there.set(other.url.clone()).expect("once");
        let (outcome, report) = client.get(&one.url).send_reported().await;
        assert!(outcome.expect_err("a circle").is_redirect(), "{report}");
        assert_eq!(
            (one.count() + other.count(), report.attempts()),
            (11, 1),
            "{report}"
        );
    }
}

#[tokio::test]
async fn a_stream_is_not_sent_to_another_host_and_the_redirect_is_the_answer() {
    for (status, expected) in [(307, 307), (303, 200)] {
        let other = Server::failing(0, 503).await;
        let server = leading_to(&other, status).await;
        let builder = Client::builder(&POLICY).with_http(crate::plain);
        let client = builder.with_idempotency_keys().build().expect("a client");
        let stream = reqwest::Body::wrap(http_body_util::Full::new(bytes::Bytes::from("order")));
        let response = client.post(&server.url).body(stream).send().await;
        assert_eq!(response.expect("a response").status(), expected, "{status}");
    }
}

#[tokio::test]
async fn a_location_in_utf_8_is_followed_to_another_host_as_within_one() {
    for numbered in [false, true] {
        for path in ["caf\u{e9}", "two words", "?q=\u{fc}", "\u{1f600}#there"] {
            let other = Server::failing(0, 503).await;
            let location = http::HeaderValue::from_str(&format!("{}{path}", other.url));
            let location = location.expect("a legal value");
            let server = Server::start(move |_| {
                let response = http::Response::builder().status(307);
                let response = response.header("location", &location).body("".into());
                Reply::Answer(response.expect("a legal response"))
            })
            .await;
            let builder = Client::builder(&POLICY).with_http(crate::plain);
            let builder = if numbered {
                builder.with_attempt_numbers()
            } else {
                builder
            };
            let client = builder.build().expect("a client");
            let response = client.get(&server.url).send().await.expect("a response");
            assert_eq!(
                (response.status().as_u16(), other.count()),
                (200, 1),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_hook_adds_for_one_host_does_not_go_to_another() {
    for status in [302, 307] {
        let other = Server::failing(1, 503).await;
        let server = leading_to(&other, status).await;
        let client = Client::builder(&POLICY)
            .with_http(crate::plain)
            .on_attempt(|mut request, attempt| async move {
                let headers = request.headers_mut();
                headers.insert("authorization", format!("Bearer {attempt}").parse()?);
                headers.insert("idempotency-key", "\"7\"".parse()?);
                headers.insert("cookie", "session=7".parse()?);
                Ok(request)
            })
            .build()
            .expect("a client");
        let request = client.put(&server.url).body("order");
        let response = request.send().await.expect("a response");
        assert_eq!(response.status(), 200, "{status}");
        let sent: Vec<_> = server
            .received()
            .iter()
            .map(|received| received.header("authorization").to_owned())
            .collect();
        assert_eq!(sent, ["Bearer 1", "Bearer 2"], "{status}");
        for received in other.received() {
            for name in ["authorization", "idempotency-key", "cookie"] {
                assert_eq!(received.header(name), "", "{status}: {name}");
            }
            assert_eq!(&*received.body, b"order", "{status}");
        }
    }
}
