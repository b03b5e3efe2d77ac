use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_tokio::Policy;
use tokio::time::timeout;

static POLICY: Policy = Policy::exponential(Duration::from_secs(10), Duration::from_secs(10));

/// Notes that the operation's future was dropped.
struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_an_attempt_drops_the_operation() {
    let dropped = Arc::new(AtomicU32::new(0));
    let call = backoff_tokio::retry(&POLICY, || {
        let guard = Dropped(Arc::clone(&dropped));
        async move {
            let _guard = guard;
            std::future::pending::<Result<(), ()>>().await
        }
    })
    .uninterrupted();
    assert!(timeout(Duration::from_secs(1), call).await.is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_a_wait_makes_no_further_attempt() {
    let calls = AtomicU32::new(0);
    let call = backoff_tokio::retry(&POLICY, || {
        calls.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Err::<(), ()>(()))
    })
    .uninterrupted();
    let _ = timeout(Duration::from_nanos(1), call).await;
    let made = calls.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert_eq!(calls.load(Ordering::Relaxed), made);
}

#[tokio::test(start_paused = true)]
async fn the_failed_attempt_is_dropped_before_the_wait() {
    let dropped = Arc::new(AtomicU32::new(0));
    let mut seen = Vec::new();
    let call = backoff_tokio::retry(&POLICY, || {
        seen.push(dropped.load(Ordering::Relaxed));
        let (guard, outcome) = (Dropped(Arc::clone(&dropped)), Dropped(Arc::clone(&dropped)));
        async move {
            let _guard = guard;
            Err::<(), _>(outcome)
        }
    })
    .uninterrupted();
    drop(call.await);
    assert_eq!(
        seen,
        [0, 2, 4, 6, 8],
        "the future and the outcome of each attempt before"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_ended_stays_pending() {
    let call = backoff_tokio::retry(&POLICY, || std::future::ready(Ok::<_, ()>(42)));
    let mut call = Box::pin(call.uninterrupted());
    assert_eq!(call.as_mut().await, Ok(42));
    assert!(timeout(Duration::from_secs(1), call).await.is_err());
}
