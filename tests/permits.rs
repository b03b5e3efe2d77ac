//! Limits on the calls in flight: a call that is backing off holds no permit.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_core::Exponential;
use backoff_tokio::{Event, Jitter, Policy};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

/// Waits 10 s, then 20 s.
static POLICY: Policy<Exponential> =
    Policy::exponential(Duration::from_secs(10), Duration::from_secs(60)).with_jitter(Jitter::None);

/// A call of a second, which holds a permit while it is in flight, and fails so many times.
async fn call(permits: &Semaphore, failures: &AtomicU32) -> Result<Duration, &'static str> {
    let _permit: SemaphorePermit<'_> = permits.acquire().await.map_err(|_| "closed")?;
    let began = Instant::now();
    sleep(Duration::from_secs(1)).await;
    let fails = failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    });
    if fails.is_ok() {
        Err("reset")
    } else {
        Ok(began.elapsed())
    }
}

#[tokio::test(start_paused = true)]
async fn another_call_has_the_only_permit_meanwhile() {
    let (permits, began) = (Semaphore::new(1), Instant::now());
    let (two, none) = (AtomicU32::new(2), AtomicU32::new(0));
    let failing = async {
        let outcome = backoff_tokio::retry(&POLICY, || call(&permits, &two))
            .uninterrupted()
            .on_event(|event| {
                if let Event::Retrying { .. } = event {
                    assert_eq!(permits.available_permits(), 1, "given back before the wait");
                }
            })
            .await;
        (outcome.is_ok(), began.elapsed())
    };
    let others = async {
        sleep(Duration::from_millis(1_500)).await; // the first call is backing off
        for _ in 0..5 {
            assert!(call(&permits, &none).await.is_ok());
        }
        began.elapsed()
    };
    let (failing, others) = tokio::join!(failing, others);
    assert!(
        others < Duration::from_secs(7),
        "they waited for nobody: {others:?}"
    );
    // 1 s, 10 s, 1 s, 20 s, 1 s, and a tick of the timer for each
    let (is_ok, took) = failing;
    assert!(is_ok && took < Duration::from_millis(33_010), "{took:?}");
}
