//! Requests that a server processed before another server failed.

use std::time::Duration;

use backoff_reqwest::{
    ClassifiedBy, Client, Policy, Report, RetryMark, RetryMiddleware, no_retries,
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
