//! What is asked again after a wait: the deadline, because a timer may be late, and the budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use backoff_core::{Budget, Constant, Jitter, PlannedRetry};
use backoff_driver::{Clock, Runtime, Sleeper};
use backoff_reqwest::{Client, Completion, GiveUp, Policy};
use backoff_tokio::Tokio;
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::{BoxError, FailedResponse, RetryLayer, RetryMark};

use crate::server::{self, Server};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Grants every retry, and changes its mind during the wait.
#[derive(Clone, Copy)]
struct Fickle;

impl Budget for Fickle {
    type Held = ();

    fn withdraw(&self, (): &mut (), _: &PlannedRetry) -> bool {
        true
    }

    fn recheck(&self, (): &()) -> bool {
        false
    }
}

/// tokio, on a machine that is suspended for ten seconds during every wait.
#[derive(Clone, Copy)]
struct Suspended;

impl Clock for Suspended {
    fn now(&self) -> Duration {
        Tokio.now()
    }
}

impl Runtime for Suspended {
    fn random(&mut self) -> u32 {
        Tokio.random()
    }
}

impl Sleeper for Suspended {
    type Sleep = <Tokio as Sleeper>::Sleep;

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        Tokio.sleep(duration + Duration::from_secs(10))
    }
}

static SECONDS: Policy<Constant> = Policy::constant(Duration::from_secs(1))
    .with_jitter(Jitter::None)
    .with_deadline(Duration::from_secs(5));

/// Calls a service that fails with a status, or with an error, and tells how often it was called.
async fn call<L>(layer: L, status: Option<u16>) -> (BoxError, u32)
where
    L: tower::Layer<tower::util::BoxCloneService<Request<()>, Response<()>, BoxError>>,
    L::Service: tower::Service<Request<()>, Response = Response<()>, Error = BoxError>,
{
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let service = service_fn(move |_: Request<()>| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let status = status.ok_or("broken")?;
            Ok::<_, BoxError>(Response::builder().status(status).body(())?)
        }
    });
    let service = tower::util::BoxCloneService::new(service);
    let service = ServiceBuilder::new().layer(layer).service(service);
    let outcome = service.oneshot(Request::new(())).await;
    let error = outcome.expect_err("the response is gone");
    (error, calls.load(Ordering::Relaxed))
}

fn source(error: &BoxError) -> &(dyn std::error::Error + 'static) {
    error.source().expect("the last outcome")
}

#[tokio::test(start_paused = true)]
async fn a_layer_starts_no_attempt_that_the_budget_no_longer_allows() {
    let layer = || RetryLayer::new(&SECONDS).with_budget(Fickle);
    let (error, calls) = call(layer(), Some(503)).await;
    assert_eq!(
        (calls, RetryMark::find(&*error)),
        (1, Some(RetryMark::after(1)))
    );
    let response: &FailedResponse = source(&error).downcast_ref().expect("the last response");
    assert_eq!(
        response.classification().to_string(),
        "transient: status 503"
    );

    let (error, calls) = call(layer(), None).await;
    assert_eq!(
        (calls, RetryMark::find(&*error)),
        (1, Some(RetryMark::after(1)))
    );
    assert_eq!(source(&error).to_string(), "broken");
}

#[tokio::test(start_paused = true)]
async fn a_layer_starts_no_attempt_after_the_deadline() {
    let layer = || RetryLayer::new(&SECONDS).with_runtime(Suspended);
    let (error, calls) = call(layer(), Some(503)).await;
    assert_eq!(
        (calls, RetryMark::find(&*error)),
        (1, Some(RetryMark::after(1)))
    );
    let expected = "the last response failed: transient: status 503";
    assert_eq!(source(&error).to_string(), expected);

    let (error, calls) = call(layer(), None).await;
    assert_eq!((calls, source(&error).to_string().as_str()), (1, "broken"));
}

#[tokio::test]
async fn a_client_starts_no_attempt_that_the_budget_no_longer_allows() {
    let server = Server::failing(usize::MAX, 503).await;
    let policy = Policy::exponential(millis(1), millis(1));
    let builder = Client::builder(policy).with_budget(Fickle);
    let client = builder.with_http(crate::plain).build().expect("a client");
    let (outcome, report) = client.get(&server.url).send_reported().await;
    let response = outcome.expect("the last response");
    assert_eq!((response.status().as_u16(), server.count()), (503, 1));
    assert_eq!(response.extensions().get(), Some(&RetryMark::after(1)));
    assert_eq!(response.text().await.expect("its body"), "503");
    let refused = Some(Completion::GaveUp(GiveUp::Budget));
    assert_eq!((report.attempts(), report.completion()), (1, refused));
}

#[tokio::test]
async fn a_client_starts_no_attempt_after_the_deadline() {
    let policy = Policy::constant(millis(100))
        .with_jitter(Jitter::None)
        .with_deadline(millis(300));
    let server = Server::failing(usize::MAX, 503).await;
    let client = Client::builder(policy).with_http(crate::plain).build();
    let client = client.expect("a client");
    let call = tokio::spawn(client.get(&server.url).send_reported());
    // The client, its timer and the server share this thread, which stops during the wait.
    assert!(server::eventually(|| server.count() == 1).await);
    tokio::time::sleep(millis(20)).await;
    thread::sleep(millis(400));
    let (outcome, report) = call.await.expect("no panic");
    assert_eq!(outcome.expect("the last response").status(), 503);
    let late = Some(Completion::GaveUp(GiveUp::Deadline));
    assert_eq!((server.count(), report.completion()), (1, late), "{report}");
}
