//! Layers that retry within layers that retry.

use std::time::Duration;

use backoff_reqwest::Client;
use http::{Request, Response};
use reqwest::Body;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_backoff::{BoxError, Policy, RetryLayer, RetryMark};

use crate::server::{Reply, Server};

static POLICY: Policy =
    Policy::exponential(Duration::from_millis(1), Duration::from_millis(5)).with_max_attempts(3);

/// The client of `backoff-reqwest` as a service of tower.
fn client() -> impl Service<
    Request<String>,
    Response = Response<Body>,
    Error = BoxError,
    Future = impl Future<Output = Result<Response<Body>, BoxError>> + Send,
> + Clone {
    let client = Client::builder(&POLICY).with_http(crate::plain).build();
    let client: Client = client.expect("a client");
    service_fn(move |request: Request<String>| {
        let client = client.clone();
        async move { Ok(client.execute(request.try_into()?).await?.into()) }
    })
}

fn get(server: &Server) -> Request<String> {
    let request = Request::get(&server.url).body(String::new());
    request.expect("a legal request")
}

#[tokio::test]
async fn a_layer_around_a_client_that_retries_leaves_it_at_that() {
    let stack = RetryLayer::new(&POLICY).layer(RetryLayer::new(&POLICY).layer(client()));

    let server = Server::failing(usize::MAX, 503).await;
    let response = stack
        .clone()
        .oneshot(get(&server))
        .await
        .expect("a response");
    assert_eq!(response.status(), 503);
    assert_eq!(response.extensions().get(), Some(&RetryMark::after(3)));
    assert_eq!(
        server.count(),
        3,
        "responses: 3 attempts of 3 layers are 3, not 27"
    );

    let server = Server::start(|_| Reply::Close).await;
    let error = stack
        .clone()
        .oneshot(get(&server))
        .await
        .expect_err("no response");
    assert_eq!(RetryMark::find(&*error), Some(RetryMark::after(3)));
    assert!(error.is::<backoff_reqwest::Error>(), "as it was: {error:?}");
    assert_eq!(server.count(), 3, "errors");

    // What was not retried within is for the layers around to judge.
    let server = Server::failing(2, 503).await;
    let response = stack.oneshot(get(&server)).await.expect("a response");
    assert_eq!((response.status().as_u16(), server.count()), (200, 3));
}

#[tokio::test]
async fn a_loop_around_a_client_sees_the_mark_too() {
    let server = Server::start(|_| Reply::Close).await;
    let client = Client::builder(&POLICY).with_http(crate::plain).build();
    let client = client.expect("a client");
    let outcome = backoff_tokio::retry(&POLICY, || client.get(&server.url).send())
        .when(|error: &backoff_reqwest::Error| RetryMark::find(error).is_none())
        .uninterrupted() // the client has limits of its own
        .await;
    assert!(outcome.is_err());
    assert_eq!(server.count(), 3);
}
