//! Policies that are made when the program runs: owned, borrowed and shared.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use backoff_core::PolicyRef;
use backoff_reqwest::{Client, Policy, RetryMiddleware};
use backoff_tokio::Exponential;
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::RetryLayer;

use crate::server::Server;

/// As if it were read from a file.
fn read(attempts: &str) -> Policy {
    let attempts = attempts.parse().expect("a number");
    let delay = Duration::from_millis(1);
    Policy::exponential(delay, delay).with_max_attempts(attempts)
}

/// How many attempts a client makes by a policy.
async fn attempts(policy: impl PolicyRef<Schedule = Exponential>) -> usize {
    let server = Server::failing(usize::MAX, 503).await;
    let client = Client::builder(policy).with_http(crate::plain).build();
    let client = client.expect("a client");
    let call = tokio::spawn(client.get(&server.url).send());
    let response = call.await.expect("no panic").expect("a response");
    assert_eq!(response.status(), 503);
    server.count()
}

#[tokio::test]
async fn a_client_takes_any_policy() {
    assert_eq!(attempts(read("2")).await, 2, "owned");
    assert_eq!(attempts(&read("3")).await, 3, "borrowed");
    assert_eq!(attempts(Arc::new(read("4"))).await, 4, "shared");
}

#[tokio::test]
async fn a_middleware_takes_any_policy() {
    let middlewares = [
        RetryMiddleware::new(read("2")),
        RetryMiddleware::new(&read("3")),
        RetryMiddleware::new(Arc::new(read("4"))),
    ];
    for (middleware, attempts) in middlewares.into_iter().zip(2..) {
        let server = Server::failing(usize::MAX, 503).await;
        let http = crate::plain(reqwest::Client::builder()).build();
        let client = reqwest_middleware::ClientBuilder::new(http.expect("a client"));
        let client = client.with(middleware).build();
        let response = client.get(&server.url).send().await.expect("a response");
        assert_eq!(
            (response.status().as_u16(), server.count()),
            (503, attempts)
        );
    }
}

/// The number of the last attempt that a layer makes.
macro_rules! last_attempt {
    ($layer:expr) => {{
        let service = ServiceBuilder::new()
            .layer($layer.with_attempt_numbers())
            .service(service_fn(|request: Request<()>| async move {
                let number = request.headers()["retry-attempt"].clone();
                let response = Response::builder().status(503).body(number);
                Ok::<_, Infallible>(response.expect("a legal response"))
            }));
        let response = service.oneshot(Request::new(()));
        response.await.expect("a response").into_body()
    }};
}

#[tokio::test]
async fn a_layer_takes_any_policy() {
    let spawned = tokio::spawn(async { last_attempt!(RetryLayer::new(read("2"))) });
    assert_eq!(spawned.await.expect("no panic"), "2", "owned");
    let policy = read("3");
    assert_eq!(last_attempt!(RetryLayer::new(&policy)), "3", "borrowed");
    let shared = Arc::new(read("4"));
    let spawned = tokio::spawn(async { last_attempt!(RetryLayer::new(shared)) });
    assert_eq!(spawned.await.expect("no panic"), "4", "shared");
}
