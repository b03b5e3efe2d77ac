//! A call owns its policy, borrows it or shares it: policies made at run time reach tasks, streams and libraries.

use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AttemptTimer, Attempts, BoxRuntime, Sleeper, retry};
use backoff_tokio::{Policy, PolicyRef, TimedOut, Tokio};
use futures_util::{Stream, StreamExt, stream};

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2));

/// A policy that a configuration file would give.
fn from_a_file() -> Policy {
    POLICY.with_max_attempts(std::hint::black_box(3))
}

type Outcome = Result<u32, TimedOut>;

/// Fails until the attempt of this number.
fn fetch(calls: &mut u32, succeeds_at: u32) -> Result<u32, &'static str> {
    *calls += 1;
    if *calls == succeeds_at {
        Ok(*calls)
    } else {
        Err("reset")
    }
}

/// What spawned calls under a policy come to: a closure, and a loop.
async fn spawned<P>(policy: impl Fn() -> P) -> [Result<u32, &'static str>; 2]
where
    P: PolicyRef + Send + 'static,
{
    let mut calls = 0;
    let call = backoff_tokio::retry(policy(), move || ready(fetch(&mut calls, 3)));
    let closure = tokio::spawn(call.uninterrupted());
    let policy = policy();
    let looped = tokio::spawn(async move {
        let (mut attempts, mut calls) = (backoff_tokio::attempts(policy), 0);
        loop {
            let outcome = fetch(&mut calls, 3);
            let Some(pause) = attempts.pause_after(&outcome) else {
                break outcome;
            };
            pause.await;
        }
    });
    [
        closure.await.expect("joined"),
        looped.await.expect("joined"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawned_calls_own_borrow_or_share_their_policy() {
    assert_eq!(spawned(from_a_file).await, [Ok(3); 2], "owned");
    assert_eq!(spawned(|| &POLICY).await, [Ok(3); 2], "borrowed");
    let shared = Arc::new(from_a_file());
    assert_eq!(spawned(|| Arc::clone(&shared)).await, [Ok(3); 2], "shared");
    assert_eq!(Arc::strong_count(&shared), 1, "no call is left");
}

#[tokio::test]
async fn calls_on_one_thread_share_it_without_atomics() {
    let shared = Rc::new(from_a_file());
    let mut calls = 0;
    let call = backoff_tokio::retry(Rc::clone(&shared), || ready(fetch(&mut calls, 3)));
    assert_eq!(call.uninterrupted().await, Ok(3));
}

/// A subscription that reconnects by itself, and so owns its attempts.
fn subscription(policy: Policy, clock: VirtualClock) -> impl Stream<Item = u32> + Send {
    let attempts = Attempts::new(policy, clock);
    stream::unfold((attempts, 0), |(mut attempts, mut item)| async move {
        loop {
            item += 1;
            // Every third item is lost, with the connection.
            let outcome = attempts
                .limit(ready(if item % 3 == 0 {
                    Err(std::io::Error::other("closed"))
                } else {
                    Ok(item)
                }))
                .await;
            match outcome {
                Ok(item) => return Some((item, (attempts, item))),
                Err(_) => attempts.pause_after(&outcome)?.await,
            }
        }
    })
}

#[test]
fn a_stream_owns_its_attempts() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_max_attempts(4);
    let items = subscription(policy, clock.clone()).collect::<Vec<_>>();
    // Three losses are three attempts that failed; the fourth is the last.
    assert_eq!(clock.block_on(items), [1, 2, 4, 5, 7, 8, 10, 11]);
}

/// A future that is written by hand: it owns attempts, and an attempt under way.
struct Fetch<A> {
    attempts: Attempts<Arc<Policy>, VirtualClock>,
    attempt: Pin<Box<A>>,
    timer: Pin<Box<AttemptTimer<<VirtualClock as Sleeper>::Sleep>>>,
}

impl<A: Future<Output = Result<u32, &'static str>>> Future for Fetch<A> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let Self {
            attempts,
            attempt,
            timer,
        } = &mut *self;
        let polled = attempts.poll_timeout(attempt.as_mut(), timer.as_mut(), cx);
        polled.map(|ended| ended.map(Result::unwrap_or_default))
    }
}

#[test]
fn a_future_written_by_hand_owns_its_attempts() {
    let clock = VirtualClock::new();
    let policy = Arc::new(POLICY.with_attempt_timeout(Duration::from_secs(3)));
    let fetch = |takes| {
        let sleep = clock.sleep(Duration::from_secs(takes));
        Fetch {
            attempts: Attempts::new(Arc::clone(&policy), clock.clone()),
            attempt: Box::pin(async move {
                sleep.await;
                Ok(42)
            }),
            timer: Box::pin(AttemptTimer::new()),
        }
    };
    assert_eq!(clock.block_on(fetch(2)), Ok(42));
    let cut = clock.block_on(fetch(4)).map_err(TimedOut::after);
    assert_eq!(cut, Err(Duration::from_secs(3)));
}

/// A client of a library that has no generic parameter.
struct Client {
    policy: Policy,
    runtime: fn() -> BoxRuntime,
}

impl Client {
    async fn ping(&self) -> Result<u32, &'static str> {
        let mut calls = 0;
        let mut attempts = Attempts::new(&self.policy, (self.runtime)()).uninterrupted();
        attempts.run(async || fetch(&mut calls, 3)).await
    }

    /// The future is boxed too, as behind a trait object.
    fn boxed_ping(self) -> Pin<Box<dyn Future<Output = Result<u32, &'static str>> + Send>> {
        let mut calls = 0;
        let operation = move || ready(fetch(&mut calls, 3));
        Box::pin(retry(self.policy, (self.runtime)(), operation).uninterrupted())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_erases_the_runtime() {
    let client = || Client {
        policy: from_a_file(),
        runtime: || BoxRuntime::new(Tokio),
    };
    assert_eq!(client().ping().await, Ok(3));
    let ping = tokio::spawn(client().boxed_ping()).await;
    assert_eq!(ping.expect("joined"), Ok(3));
}

#[test]
fn a_call_is_polled_by_a_future_that_owns_it() {
    let clock = VirtualClock::new();
    let mut calls = 0;
    let call = retry(from_a_file(), clock.clone(), move || {
        ready(fetch(&mut calls, 3))
    });
    let mut call = pin!(call.uninterrupted());
    let outcome = clock.block_on(poll_fn(|cx| call.as_mut().poll(cx)));
    assert_eq!(outcome, Ok(3));
}
