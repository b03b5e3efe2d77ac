//! The middleware of `backoff-reqwest`.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use backoff_reqwest::{Policy, RetryMark, RetryMiddleware, no_retries};
use http::Extensions;
use reqwest::{Method, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Next};

use crate::server::{Reply, Server};

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(5))
    .with_attempt_timeout(Duration::from_millis(200))
    .with_max_attempts(3);

fn client(layers: usize) -> ClientWithMiddleware {
    let http = crate::plain(reqwest::Client::builder()).build();
    let mut client = ClientBuilder::new(http.expect("a client"));
    for _ in 0..layers {
        client = client.with(
            RetryMiddleware::new(&POLICY)
                .with_idempotency_keys()
                .with_attempt_numbers(),
        );
    }
    client.build()
}

#[tokio::test]
async fn requests_are_retried_through_the_rest_of_the_chain() {
    let server = Server::failing(2, 503).await;
    let response = client(1).post(&server.url).body("order").send().await;
    assert_eq!(response.expect("a response").status(), 200);
    let received = server.received();
    let key = received[0].header("idempotency-key");
    assert!(!key.is_empty());
    for (number, request) in ["1", "2", "3"].iter().zip(&received) {
        assert_eq!(request.header("retry-attempt"), *number);
        assert_eq!(request.header("idempotency-key"), key);
    }
    assert_eq!(received.len(), 3);
}

#[tokio::test]
async fn a_server_that_stalls_costs_one_timeout_per_attempt() {
    let server = Server::start(|_| Reply::Stall).await;
    let error = client(1)
        .get(&server.url)
        .send()
        .await
        .expect_err("no response");
    assert_eq!(server.count(), 3);
    assert_eq!(mark(&error), Some(RetryMark::after(3)), "{error:?}");
}

#[tokio::test]
async fn two_layers_do_not_multiply() {
    let server = Server::failing(usize::MAX, 503).await;
    let response = client(2).get(&server.url).send().await.expect("a response");
    assert_eq!(response.extensions().get(), Some(&RetryMark::after(3)));
    assert_eq!(server.count(), 3, "responses");

    let server = Server::start(|_| Reply::Close).await;
    let error = client(2)
        .get(&server.url)
        .send()
        .await
        .expect_err("no response");
    assert_eq!(mark(&error), Some(RetryMark::after(3)), "{error:?}");
    assert_eq!(server.count(), 3, "errors");
}

#[tokio::test]
async fn a_status_that_is_an_error_stays_a_status() {
    type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>>;
    fn for_status<'a>(request: Request, on: &'a mut Extensions, next: Next<'a>) -> Answer<'a> {
        Box::pin(async move { Ok(next.run(request, on).await?.error_for_status()?) })
    }
    fn in_io_error<'a>(request: Request, on: &'a mut Extensions, next: Next<'a>) -> Answer<'a> {
        Box::pin(async move {
            let outcome = next.run(request, on).await?.error_for_status();
            outcome.map_err(|error| Error::middleware(io::Error::other(error)))
        })
    }
    let client = || {
        let http = crate::plain(reqwest::Client::builder()).retry(no_retries());
        ClientBuilder::new(http.build().expect("a client")).with(RetryMiddleware::new(&POLICY))
    };
    let clients = [
        client().with(for_status).build(),
        client().with(in_io_error).build(),
    ];
    let cases = [
        (Method::GET, 404, 1),
        (Method::GET, 503, 3),
        (Method::POST, 503, 1),
        (Method::POST, 425, 3),
    ];
    for client in clients {
        for (method, status, attempts) in &cases {
            let server = Server::failing(usize::MAX, *status).await;
            let outcome = client.request(method.clone(), &server.url).send().await;
            let error = outcome.expect_err("an error");
            assert_eq!(server.count(), *attempts, "{method} {status}: {error:?}");
        }
    }
}

fn mark(error: &Error) -> Option<RetryMark> {
    match error {
        Error::Middleware(error) => RetryMark::find(error.as_ref()),
        Error::Reqwest(error) => RetryMark::find(error),
    }
}
