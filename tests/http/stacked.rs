//! Layers that retry within layers that retry.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::time::Duration;

use backoff_reqwest::{Client, RetryMiddleware};
use http::{Extensions, Request, Response};
use reqwest::Body;
use reqwest_middleware::{ClientBuilder, Error, Next};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_backoff::{BoxError, Policy, RetriesExhausted, RetryLayer, RetryMark};

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

    // What was not retried within is for the layers around to classify.
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

type Answer<'a> = Pin<Box<dyn Future<Output = Result<reqwest::Response, Error>> + Send + 'a>>;

/// Fails like a connection at first, and then like middleware that made seven attempts for each of this one, whose last
/// response is an error.
fn fail<'a>(request: reqwest::Request, _: &'a mut Extensions, _: Next<'a>) -> Answer<'a> {
    Box::pin(async move {
        let attempt = backoff_http::attempt(request.headers()).expect("a number");
        if attempt == 1 {
            return Err(Error::middleware(io::Error::from(
                ErrorKind::ConnectionReset,
            )));
        }
        let response = Response::builder().status(503).body("");
        let response = reqwest::Response::from(response.expect("a legal response"));
        let error = response.error_for_status().expect_err("503");
        let exhausted = RetriesExhausted::new(RetryMark::after(7 * attempt), error);
        Err(Error::middleware(exhausted))
    })
}

#[tokio::test]
async fn the_mark_of_an_inner_layer_comes_before_the_status_in_its_error_and_is_kept() {
    let http = crate::plain(reqwest::Client::builder()).build();
    let client = ClientBuilder::new(http.expect("a client"))
        .with(RetryMiddleware::new(&POLICY).with_attempt_numbers())
        .with(fail)
        .build();
    let error = client.get("http://127.0.0.1:1/").send().await;
    let Err(Error::Middleware(error)) = error else {
        panic!("not the error of the middleware: {error:?}")
    };
    assert_eq!(RetryMark::find(error.as_ref()), Some(RetryMark::after(14)));
}
