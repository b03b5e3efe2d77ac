//! One call at a time: while one backs off, it holds no permit, and others go ahead.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_tokio::{Jitter, Policy};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(1))
    .with_jitter(Jitter::None);

/// A client that makes one request at a time.
struct Client {
    began: Instant,
    permits: Semaphore,
    /// How many requests for each user fail at first.
    failures: [AtomicU32; 3],
}

impl Client {
    /// Takes a permit for one attempt: the retries are around this, so that no permit is held between attempts.
    async fn fetch(&self, user: usize) -> io::Result<String> {
        let permit = self.permits.acquire().await.map_err(io::Error::other)?;
        self.say(user, "has the permit");
        sleep(Duration::from_millis(50)).await;
        drop(permit);
        let failures = self.failures.get(user).ok_or(io::ErrorKind::NotFound)?;
        let fail = |left: u32| left.checked_sub(1);
        match failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fail) {
            Ok(_) => Err(io::ErrorKind::ConnectionReset.into()),
            Err(_) => Ok(format!("user {user}")),
        }
    }

    async fn fetch_patiently(&self, user: usize) {
        let outcome = backoff_tokio::retry(&POLICY, || self.fetch(user))
            .on_event(|event| self.say(user, &event.to_string()))
            .await;
        self.say(user, &format!("done: {outcome:?}"));
    }

    fn say(&self, user: usize, what: &str) {
        println!(
            "{:>4} ms  user {user}: {what}",
            self.began.elapsed().as_millis()
        );
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client {
        began: Instant::now(),
        permits: Semaphore::new(1),
        failures: [2, 0, 1].map(AtomicU32::new),
    };
    tokio::join!(
        client.fetch_patiently(0),
        client.fetch_patiently(1),
        client.fetch_patiently(2)
    );
}
