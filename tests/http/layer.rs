//! The layer of `tower-backoff`.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_core::{Constant, Jitter};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, sleep};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::{BoxError, Evidence, Fault, Policy, RetryLayer, RetryMark, TokenBudget};

use crate::server::{self, Reply, Server};

const SECOND: Duration = Duration::from_secs(1);

/// Ten seconds between attempts, for virtual time.
static SLOW: Policy<Constant> = Policy::constant(Duration::from_secs(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

static QUICK: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(5));

type Body = Full<Bytes>;

fn request(method: Method, url: &str, body: &'static str) -> Request<Body> {
    let request = Request::builder().method(method).uri(url);
    request.body(Body::from(body)).expect("a legal request")
}

fn hyper() -> Client<hyper_util::client::legacy::connect::HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

#[tokio::test]
async fn a_client_of_hyper_util_is_retried_by_method_and_key() {
    let cases = [
        (Method::GET, None, 3),
        (Method::PUT, None, 3),
        (Method::POST, None, 1),
        (Method::POST, Some("\"order-7\""), 3),
    ];
    for (method, key, attempts) in cases {
        let server = Server::failing(2, 503).await;
        let layer = RetryLayer::new(&QUICK).with_attempt_numbers();
        let client = ServiceBuilder::new().layer(layer).service(hyper());
        let mut request = request(method.clone(), &server.url, "order");
        if let Some(key) = key {
            let key = key.parse().expect("a legal key");
            request.headers_mut().insert("idempotency-key", key);
        }
        let response = client.oneshot(request).await.expect("a response");
        let status = if attempts == 3 { 200 } else { 503 };
        assert_eq!(response.status(), status, "{method} {key:?}");
        let received = server.received();
        assert_eq!(received.len(), attempts, "{method} {key:?}");
        for (number, request) in ["1", "2", "3"].iter().zip(&received) {
            assert_eq!(request.header("retry-attempt"), *number);
            assert_eq!(request.header("idempotency-key"), key.unwrap_or_default());
            assert_eq!(request.body, "order");
        }
    }
}

#[tokio::test]
async fn errors_of_hyper_util_say_whether_the_request_was_sent() {
    let server = Server::failing(0, 503).await;
    let resets = server::resetting(2, &server).await;
    let client = RetryLayer::new(&QUICK);
    let client = ServiceBuilder::new().layer(client).service(hyper());
    let response = client
        .clone()
        .oneshot(request(Method::POST, &resets, "order"))
        .await;
    assert_eq!(response.expect("a response").status(), 200);
    assert_eq!(server.count(), 1);

    let server = Server::start(|_| Reply::Close).await;
    for (method, attempts) in [(Method::POST, 1), (Method::GET, 6)] {
        let outcome = client
            .clone()
            .oneshot(request(method.clone(), &server.url, ""))
            .await;
        let error = outcome.expect_err("no response");
        assert_eq!(server.count(), attempts, "{method}: {error}");
        assert_eq!(RetryMark::find(&*error).is_some(), attempts > 1, "{method}");
    }
}

/// A service that fails with 503, and says so, until the attempt has this number.
fn succeeds_at(
    attempt: &'static str,
) -> impl Service<
    Request<&'static str>,
    Response = Response<()>,
    Error = Infallible,
    Future = impl Future<Output = Result<Response<()>, Infallible>> + Send,
> + Clone {
    service_fn(move |request: Request<&'static str>| async move {
        let number = request.headers().get("retry-attempt");
        let succeeds = number.is_some_and(|number| number == attempt);
        let status = if succeeds || *request.body() == "good" {
            200
        } else {
            503
        };
        let response = Response::builder().status(status).body(());
        Ok(response.expect("a legal response"))
    })
}

/// How long a good request takes that comes while another one waits between its attempts.
async fn wait_behind_a_failure<V>(stack: V) -> Duration
where
    V: Service<Request<&'static str>, Response = Response<()>> + Clone + Send + 'static,
    V::Future: Send,
    V::Error: std::fmt::Debug + Send,
{
    let failing = tokio::spawn(stack.clone().oneshot(Request::new("bad")));
    sleep(SECOND).await;
    let began = Instant::now();
    let response = stack
        .oneshot(Request::new("good"))
        .await
        .expect("a response");
    assert_eq!(response.status(), 200);
    let took = began.elapsed();
    let response = failing.await.expect("no panic").expect("a response");
    assert_eq!(response.status(), 200);
    took
}

#[tokio::test(start_paused = true)]
async fn a_wait_holds_no_permit_of_a_limit_that_is_within() {
    let layer = || RetryLayer::new(&SLOW).with_attempt_numbers();
    let within = ServiceBuilder::new()
        .layer(layer())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(succeeds_at("2"));
    assert_eq!(
        wait_behind_a_failure(within).await,
        Duration::ZERO,
        "within"
    );

    // The other order is the one to avoid: the limit counts a call until its last attempt is over.
    let around = ServiceBuilder::new()
        .layer(ConcurrencyLimitLayer::new(1))
        .layer(layer())
        .service(succeeds_at("2"));
    let took = wait_behind_a_failure(around).await;
    assert!(took >= 9 * SECOND, "around: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_its_permit_and_the_deadline_ends_that() {
    static SHORT: Policy<Constant> = Policy::constant(SECOND)
        .with_jitter(Jitter::None)
        .with_deadline(Duration::from_secs(5));
    // The first attempt fails at once; the next one finds the only permit taken for good.
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(&SHORT).with_idempotent(|_| true))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service_fn(|request: Request<&'static str>| async move {
            if *request.body() == "stall" {
                pending::<()>().await;
            }
            Err::<Response<()>, BoxError>("broken".into())
        }));
    let began = Instant::now();
    let failing = tokio::spawn(stack.clone().oneshot(Request::new("fail")));
    tokio::task::yield_now().await;
    let stalling = tokio::spawn(stack.oneshot(Request::new("stall")));
    let error = failing.await.expect("no panic").expect_err("no response");
    let within = [5 * SECOND, 5 * SECOND + Duration::from_millis(2)];
    assert!((within[0]..=within[1]).contains(&began.elapsed()));
    // The call ends with its last real error, and the mark around it.
    assert_eq!(RetryMark::find(&*error), Some(RetryMark::after(2)));
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("broken")
    );
    stalling.abort();
}

#[tokio::test(start_paused = true)]
async fn a_service_that_stalls_costs_one_timeout() {
    static IMPATIENT: Policy = Policy::exponential(SECOND, SECOND)
        .with_jitter(Jitter::None)
        .with_attempt_timeout(Duration::from_secs(3));
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let service = RetryLayer::new(&IMPATIENT);
    let service = ServiceBuilder::new()
        .layer(service)
        .service(service_fn(move |_: Request<()>| {
            let call = counted.fetch_add(1, Ordering::Relaxed);
            async move {
                if call == 0 {
                    pending::<()>().await;
                }
                Ok::<_, Infallible>(Response::new(()))
            }
        }));
    let began = Instant::now();
    let response = service.oneshot(Request::new(())).await.expect("a response");
    assert_eq!(response.status(), 200);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let took = began.elapsed();
    assert!((4 * SECOND..5 * SECOND).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn clones_share_a_budget_and_tell_one_observer() {
    static BUDGET: TokenBudget = TokenBudget::new(10, 5);
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = lines.clone();
    let layer = RetryLayer::new(&SLOW)
        .with_budget(&BUDGET)
        .on_event(move |event| {
            told.lock().expect("no panic").push(event.to_string());
        });
    let service = ServiceBuilder::new()
        .layer(layer)
        .service(succeeds_at("never"));
    for service in [service.clone(), service] {
        let response = service
            .oneshot(Request::new("bad"))
            .await
            .expect("a response");
        assert_eq!(response.status(), 503);
    }
    let lines = lines.lock().expect("no panic");
    let retries = lines
        .iter()
        .filter(|line| line.contains("retrying"))
        .count();
    let refused = lines
        .iter()
        .filter(|line| line.contains("budget is empty"))
        .count();
    assert_eq!((lines.len(), retries, refused), (4, 2, 1), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_cannot_be_copied_is_sent_once() {
    let layer = RetryLayer::new(&SLOW)
        .with_attempt_numbers()
        .with_replay(|body: &&'static str| (*body != "once").then_some(*body));
    let service = ServiceBuilder::new().layer(layer).service(succeeds_at("2"));
    for (body, status) in [("often", 200), ("once", 503)] {
        let response = service.clone().oneshot(Request::new(body)).await;
        assert_eq!(response.expect("a response").status(), status, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_is_what_its_evidence_says() {
    for (fault, attempts) in [(Fault::Overflow, 3), (Fault::Reset, 1)] {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        let layer = RetryLayer::new(&SLOW).with_evidence(|error| {
            let is_overflow = error.to_string() == Fault::Overflow.as_str();
            Evidence::of(if is_overflow {
                Fault::Overflow
            } else {
                Fault::Reset
            })
        });
        let service =
            ServiceBuilder::new()
                .layer(layer)
                .service(service_fn(move |_: Request<()>| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    async move { Err::<Response<()>, BoxError>(fault.as_str().into()) }
                }));
        let request = Request::post("/").body(()).expect("a legal request");
        assert!(service.oneshot(request).await.is_err());
        assert_eq!(calls.load(Ordering::Relaxed), attempts, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_response_is_dropped_before_the_wait() {
    let body = Arc::new(());
    let probe = body.clone();
    let service = service_fn(move |_: Request<()>| {
        let response = Response::builder().status(503).body(body.clone());
        async { Ok::<_, Infallible>(response.expect("a legal response")) }
    });
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(&SLOW))
        .service(service);
    let call = tokio::spawn(service.oneshot(Request::new(())));
    sleep(SECOND).await;
    // The clone of the service that is kept for the next attempt holds one, and no response does.
    assert_eq!(Arc::strong_count(&probe), 2);
    let response = call.await.expect("no panic").expect("a response");
    assert_eq!(Arc::strong_count(&probe), 2);
    drop(response);
}
