//! A policy changes while calls run: new calls get the new one, and running calls keep theirs.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use backoff_core::{Constant, Jitter, Policy};
use backoff_settings::LivePolicy;
use tokio::time::Instant;

const fn every(delay: Duration, attempts: u32) -> Policy<Constant> {
    Policy::constant(delay)
        .with_jitter(Jitter::None)
        .with_max_attempts(attempts)
}

#[tokio::test(start_paused = true)]
async fn a_running_call_keeps_its_policy_and_a_new_one_gets_the_new_policy() {
    static LIVE: LivePolicy<Constant> = LivePolicy::new(every(Duration::from_secs(1), 3));
    let call = || async {
        let began = Instant::now();
        let fails = || async { Err::<(), _>(io::Error::other("down")) };
        let outcome = backoff_tokio::retry(LIVE.load(), fails).await;
        assert!(outcome.is_err());
        began.elapsed()
    };
    let running = tokio::spawn(call());
    tokio::time::sleep(Duration::from_millis(500)).await;
    LIVE.store(every(Duration::from_secs(5), 2));
    assert_eq!(call().await, Duration::from_secs(5));
    assert_eq!(running.await.expect("a call"), Duration::from_secs(2));
}

#[test]
fn no_thread_sees_half_of_a_change() {
    let policies = [1, 2].map(|n| every(Duration::from_secs(n), u32::try_from(n).expect("small")));
    let live = Arc::new(LivePolicy::new(policies[0]));
    let writer = live.clone();
    let writing =
        std::thread::spawn(move || (0..20_000).for_each(|n| writer.store(policies[n % 2])));
    while !writing.is_finished() {
        let loaded = live.load();
        assert!(policies.contains(&loaded), "{loaded:?}");
    }
    writing.join().expect("the writer");
}
