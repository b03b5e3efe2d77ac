use std::time::{Duration, Instant};

use backoff_driver::{BlockingSleeper, Clock, Sleeper};
use backoff_std::Thread;
use backoff_tokio::Tokio;

#[tokio::test]
async fn tokio_rounds_up_to_its_tick() {
    for micros in [1, 999, 1_001, 2_500] {
        let wait = Duration::from_micros(micros);
        let started = Instant::now();
        Tokio.sleep(wait).await;
        assert!(
            started.elapsed() >= wait,
            "{wait:?} took {:?}",
            started.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn tokio_saturates_at_its_range() {
    let endless = Tokio.sleep(Duration::MAX);
    let year = Duration::from_secs(365 * 24 * 3_600);
    assert!(tokio::time::timeout(year, endless).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn tokio_measures_its_own_time() {
    let before = Tokio.now();
    Tokio.sleep(Duration::from_secs(5)).await;
    assert_eq!(Tokio.now().saturating_sub(before), Duration::from_secs(5));
}

#[test]
fn a_thread_waits_long_enough() {
    for micros in [1, 999, 1_500] {
        let wait = Duration::from_micros(micros);
        let before = Thread.now();
        Thread.block(wait);
        assert!(Thread.now().saturating_sub(before) >= wait, "{wait:?}");
    }
}
