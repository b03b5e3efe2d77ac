//! The layer of `tower-backoff` around services that are not of HTTP.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_core::{Constant, Failure, Jitter, errors, values};
use backoff_driver::{Counters, TimedOut};
use tokio::time::Instant;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::{BoxError, Policy, RetryLayer, TokenBudget};

const SECOND: Duration = Duration::from_secs(1);

static POLICY: Policy<Constant> = Policy::constant(SECOND)
    .with_jitter(Jitter::None)
    .with_max_attempts(3)
    .with_attempt_timeout(Duration::from_secs(5))
    .with_deadline(Duration::from_secs(30));

/// A service whose `n`th call, counted from 1, ends as this function says.
fn service<T>(
    outcome: fn(u32) -> io::Result<T>,
) -> (
    Arc<AtomicU32>,
    impl Service<String, Response = T, Error = io::Error, Future = impl Future<Output = io::Result<T>>>
    + Clone,
) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let service = service_fn(move |_query: String| {
        let call = counted.fetch_add(1, Ordering::Relaxed) + 1;
        async move { outcome(call) }
    });
    (calls, service)
}

fn is_reset(error: &io::Error) -> bool {
    error.kind() == ErrorKind::ConnectionReset
}

fn reset<T>() -> io::Result<T> {
    Err(ErrorKind::ConnectionReset.into())
}

#[tokio::test(start_paused = true)]
async fn a_request_is_repeated_if_it_can_be_copied_and_its_error_passes() {
    type Outcome = fn(u32) -> io::Result<u32>;
    let passes: Outcome = |call| if call < 3 { reset() } else { Ok(call) };
    let stays: Outcome = |_| reset();
    let denied: Outcome = |_| Err(ErrorKind::PermissionDenied.into());
    let cases: [(&str, Outcome, u32, Result<u32, ErrorKind>); 4] = [
        ("SELECT", passes, 3, Ok(3)),
        ("SELECT", stays, 3, Err(ErrorKind::ConnectionReset)),
        ("SELECT", denied, 1, Err(ErrorKind::PermissionDenied)),
        ("INSERT", passes, 1, Err(ErrorKind::ConnectionReset)),
    ];
    for (query, outcome, attempts, expected) in cases {
        let (calls, service) = service(outcome);
        let reads = |query: &String| query.starts_with("SELECT").then(|| query.clone());
        let layer = RetryLayer::new(&POLICY).when(is_reset).with_replay(reads);
        let service = ServiceBuilder::new().layer(layer).service(service);
        let result = service.oneshot(query.to_owned()).await;
        // The error is that of the service, and nothing is around it.
        let result = result.map_err(|error| error.kind());
        assert_eq!(result, expected, "{query} {attempts}");
        assert_eq!(calls.load(Ordering::Relaxed), attempts, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_may_be_a_failure_and_is_returned_as_it_was() {
    // Pending twice, and then done; pending for ever.
    type Outcome = fn(u32) -> io::Result<String>;
    let cases: [(Outcome, &str); 2] = [
        (|call| Ok(format!("{}", call == 3)), "true"),
        (|_| Ok("false".to_owned()), "false"),
    ];
    for (outcome, expected) in cases {
        let (calls, service) = service(outcome);
        let classifier = values(|done: &String| done == "false").or(errors(is_reset));
        let layer = RetryLayer::new(&POLICY).when(classifier);
        let service = ServiceBuilder::new().layer(layer).service(service);
        let value = service.oneshot(String::new()).await.expect("a value");
        assert_eq!(value, expected);
        assert_eq!(calls.load(Ordering::Relaxed), 3, "{expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn limits_interrupt_and_the_last_real_outcome_wins() {
    static SHORT: Policy<Constant> = POLICY_OF_TEN;
    let cases = [
        // Every attempt stalls: the error is made from `TimedOut`.
        (1, 11, ErrorKind::TimedOut),
        // The first fails: its error is the last that the service gave.
        (2, 10, ErrorKind::ConnectionReset),
    ];
    for (first_stall, seconds, expected) in cases {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        let stalling = service_fn(move |(): ()| {
            let call = counted.fetch_add(1, Ordering::Relaxed) + 1;
            async move {
                if call >= first_stall {
                    pending::<()>().await;
                }
                reset::<()>()
            }
        });
        let layer = RetryLayer::new(&SHORT).when(|_: &io::Error| true);
        let began = Instant::now();
        let result = ServiceBuilder::new()
            .layer(layer)
            .service(stalling)
            .oneshot(())
            .await;
        assert_eq!(result.expect_err("none").kind(), expected, "{first_stall}");
        let took = began.elapsed().as_secs();
        assert!(took <= seconds, "{first_stall}: {took} s");
    }
}

const POLICY_OF_TEN: Policy<Constant> = Policy::constant(SECOND)
    .with_jitter(Jitter::None)
    .with_attempt_timeout(Duration::from_secs(4))
    .with_deadline(Duration::from_secs(10));

#[tokio::test(start_paused = true)]
async fn hints_budgets_and_observers_are_those_of_any_call() {
    static COUNTERS: Counters = Counters::new();
    let budget = Arc::new(TokenBudget::new(10, 5));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = lines.clone();
    let (calls, service) = service(|_| reset::<()>());
    let layer = RetryLayer::new(&POLICY)
        .when(|_: &io::Error| Failure::throttled().with_retry_after(Duration::from_secs(7)))
        .with_budget(budget.clone())
        .with_observer(&COUNTERS)
        .on_event(move |event| {
            let line = event.line().to_string();
            told.lock().expect("no panic").push(line);
        });
    let service = ServiceBuilder::new().layer(layer).service(service);
    let began = Instant::now();
    for service in [service.clone(), service] {
        assert!(service.oneshot(String::new()).await.is_err());
    }
    // 10 tokens are two retries of one call, and none of the other.
    assert_eq!(calls.load(Ordering::Relaxed), 4);
    assert_eq!(budget.tokens(), 0);
    assert!(began.elapsed() >= Duration::from_secs(14));
    let lines = lines.lock().expect("no panic");
    let retries = lines.iter().filter(|line| line.contains("retrying in 7"));
    assert_eq!((lines.len(), retries.count()), (4, 2), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("connection reset")));
    assert_eq!(COUNTERS.retries(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_with_any_error_and_requests_of_any_type_works() {
    struct Order(u32);

    let calls = AtomicU32::new(0);
    // Neither the request nor the response can be cloned, and the policy is made here.
    let service = service_fn(|order: Order| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        async move {
            match call {
                0 => Err::<Order, BoxError>("busy".into()),
                _ => Ok(order),
            }
        }
    });
    let policy = Policy::DEFAULT.with_max_attempts(2);
    let layer = RetryLayer::new(&policy)
        .when(|error: &BoxError| error.to_string() == "busy" || error.is::<TimedOut>())
        .with_replay(|order: &Order| Some(Order(order.0)));
    let mut service = ServiceBuilder::new().layer(layer).service(service);
    let order = service.ready().await.expect("ready").call(Order(7)).await;
    assert_eq!(order.expect("an order").0, 7);
}
