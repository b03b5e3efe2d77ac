//! What interrupts an attempt: its timeout, that of the request, and the deadline of the call.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use backoff_core::{Constant, DeadlineRule, Jitter};
use backoff_reqwest::{Client, Completion, Policy, RetryMiddleware};
use http::{Extensions, Request, Response};
use reqwest_middleware::{ClientBuilder, Error, Next};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::{BoxError, FailedResponse, RetryLayer, RetryMark};

use crate::server::{Reply, Server};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// 10 ms between attempts.
const QUICK: Policy<Constant> = Policy::constant(millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(2);

fn client(policy: Policy<Constant>) -> Client<Constant> {
    let client = Client::builder(policy).with_http(crate::plain).build();
    client.expect("a client")
}

#[tokio::test]
async fn the_timeout_of_a_request_replaces_that_of_the_policy() {
    let client = client(QUICK.with_attempt_timeout(millis(300)));
    // The timeout of the request, and how long two attempts take.
    for (own, expected) in [(100, 200..600), (600, 1_200..2_000)] {
        let server = Server::start(|_| Reply::Stall).await;
        let request = client.get(&server.url).timeout(millis(own));
        let (outcome, report) = request.send_reported().await;
        assert!(outcome.expect_err("no response").is_timeout());
        assert_eq!((server.count(), report.attempts()), (2, 2), "{own} ms");
        let took = report.elapsed().as_millis();
        assert!(expected.contains(&took), "{own} ms: {report}");
    }
}

#[tokio::test]
async fn a_last_attempt_that_times_out_after_the_deadline_leaves_the_outcome_before_it() {
    let policy = QUICK
        .with_deadline(millis(200))
        .with_deadline_rule(DeadlineRule::ClampToRemaining)
        .with_attempt_timeout(millis(100));
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[("retry-after", "2")]),
        _ => Reply::Stall,
    })
    .await;
    let (outcome, report) = client(policy).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("the first response").status(), 503);
    assert_eq!((server.count(), report.attempts()), (2, 2), "{report}");
    assert_eq!(report.completion(), Some(Completion::Interrupted));
}

#[tokio::test]
async fn a_client_ends_at_the_deadline_whichever_attempt_it_is() {
    let policy = QUICK
        .with_attempt_timeout(millis(400))
        .with_deadline(millis(700));
    let server = Server::start(|_| Reply::Stall).await;
    let (outcome, report) = client(policy).get(&server.url).send_reported().await;
    assert!(outcome.expect_err("no response").is_timeout());
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    assert_eq!((server.count(), report.attempts()), (2, 2));
    let took = report.elapsed();
    assert!((millis(700)..millis(1_200)).contains(&took), "{report}");
}

#[tokio::test]
async fn a_timeout_says_less_to_the_caller_of_a_client_than_the_response_before_it() {
    let policy = QUICK
        .with_max_attempts(9)
        .with_attempt_timeout(millis(100))
        .with_deadline(millis(300));
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[]),
        _ => Reply::Stall,
    })
    .await;
    let (outcome, report) = client(policy).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("the first response").status(), 503);
    assert_eq!((server.count(), report.attempts()), (4, 4), "{report}");
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<reqwest::Response, Error>> + Send + 'a>>;

/// Middleware that never sends the request.
fn stall<'a>(_: reqwest::Request, _: &'a mut Extensions, _: Next<'a>) -> Answer<'a> {
    Box::pin(pending())
}

#[tokio::test]
async fn middleware_that_stalls_is_interrupted_at_the_timeout_and_at_the_deadline() {
    let timeout = QUICK.with_attempt_timeout(millis(100));
    let deadline = QUICK.with_deadline(millis(150));
    // The policy, how many attempts it allows, and how long they take.
    for (policy, attempts, expected) in [(timeout, 2, 210..500), (deadline, 1, 150..500)] {
        let http = crate::plain(reqwest::Client::builder()).build();
        let client = ClientBuilder::new(http.expect("a client"))
            .with(RetryMiddleware::new(policy))
            .with(stall)
            .build();
        let began = Instant::now();
        let outcome = client.get("http://127.0.0.1:1/").send().await;
        let took = began.elapsed().as_millis();
        assert!(expected.contains(&took), "{policy:?}: {took} ms");
        let Err(Error::Middleware(error)) = outcome else {
            panic!("not marked: {outcome:?}")
        };
        let mark = RetryMark::find(error.as_ref());
        assert_eq!(mark, Some(RetryMark::after(attempts)), "{error:?}");
    }
}

/// Statuses and errors.
type Outcomes = &'static [Result<u16, &'static str>];

/// Calls a service that gives these outcomes, and then stalls, and tells how the call failed.
async fn call(policy: Policy<Constant>, outcomes: Outcomes) -> BoxError {
    let calls = Arc::new(AtomicU32::new(0));
    let service = service_fn(move |_: Request<()>| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        async move {
            match outcomes.get(call as usize) {
                Some(Ok(status)) => Ok(Response::builder().status(*status).body(())?),
                Some(Err(error)) => Err(BoxError::from(*error)),
                None => pending().await,
            }
        }
    });
    let layer = RetryLayer::new(policy).with_idempotent(|_| true);
    let service = ServiceBuilder::new().layer(layer).service(service);
    let outcome = service.oneshot(Request::new(())).await;
    outcome.expect_err("it stalls in the end")
}

#[tokio::test(start_paused = true)]
async fn a_layer_ends_at_the_deadline_with_the_last_outcome_of_the_service() {
    let policy = QUICK.with_max_attempts(9).with_deadline(millis(150));
    let cases: [(Outcomes, u32, &str); 4] = [
        (&[], 1, "timed out at the deadline of 150ms"),
        (&[Err("broken")], 2, "broken"),
        (
            &[Ok(503)],
            2,
            "the last response failed: transient: status 503",
        ),
        (
            &[Err("broken"), Ok(429)],
            3,
            "the last response failed: throttled: status 429",
        ),
    ];
    for (outcomes, attempts, expected) in cases {
        let error = call(policy, outcomes).await;
        let mark = Some(RetryMark::after(attempts));
        assert_eq!(RetryMark::find(&*error), mark, "{expected}");
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_less_to_the_caller_of_a_layer_than_the_outcome_before_it() {
    let policy = QUICK
        .with_max_attempts(9)
        .with_attempt_timeout(millis(100))
        .with_deadline(millis(350));
    // A response, three attempts that time out, and a fifth that the deadline interrupts.
    let error = call(policy, &[Ok(503)]).await;
    assert_eq!(RetryMark::find(&*error), Some(RetryMark::after(5)));
    let source = error.source().and_then(|source| source.downcast_ref());
    let response: &FailedResponse = source.expect("the response");
    assert_eq!(
        response.classification().to_string(),
        "transient: status 503"
    );

    // Without a deadline in the way, the last attempt counts.
    let error = call(policy.with_max_attempts(2), &[Ok(503)]).await;
    let source = error.source().map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("timed out after 100ms"));
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_a_service_answers_in_time_interrupts_nothing() {
    let service = service_fn(|_: Request<()>| async {
        tokio::time::sleep(millis(99)).await;
        Ok::<_, Infallible>(Response::new(()))
    });
    let layer = RetryLayer::new(QUICK.with_attempt_timeout(millis(100)));
    let service = ServiceBuilder::new().layer(layer).service(service);
    assert!(service.oneshot(Request::new(())).await.is_ok());
}
