//! How large the future of a retried call is, around an operation of 16 bytes and one of 280 bytes.
//!
//! The operation is a future like that of an async function: what it holds, and a byte that says how far it is. The
//! closure that makes it borrows one thing, which is 8 of the bytes. What a peer asks to be built before the call, such
//! as a strategy, counts as far as the future holds it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use backoff_bench::{Reset, print_number};
use backoff_core::Policy;

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

static POLICY: Policy = Policy::exponential(BASE, MAX);

/// An operation of so many words, and one for its state.
struct Operation<const WORDS: usize> {
    words: [u64; WORDS],
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Begun,
    Ended,
}

impl<const WORDS: usize> Future for Operation<WORDS> {
    type Output = Result<u64, Reset>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Begun => Poll::Ready(self.words.first().copied().ok_or(Reset)),
            State::Ended => Poll::Pending,
        }
    }
}

fn main() {
    sizes::<1>("a future of 16 bytes, bytes");
    sizes::<34>("a future of 280 bytes, bytes");
}

fn sizes<const WORDS: usize>(measure: &str) {
    let start = std::hint::black_box(7_u64);
    let operation = || Operation {
        words: [start; WORDS],
        state: State::Begun,
    };
    let print_number = |subject, bytes: usize| print_number(subject, measure, bytes as f64);
    print_number("the operation", size_of::<Operation<WORDS>>());
    print_number("tokio's sleep", size_of::<tokio::time::Sleep>());
    print_number("hand-written loop", size_of_val(&hand_written(operation)));
    let call = backoff_tokio::retry(&POLICY, operation);
    print_number("backoff-tokio future", size_of_val(&call));
    let call = call.uninterrupted();
    print_number("backoff-tokio future, uninterrupted", size_of_val(&call));
    let call = backoff_tokio::retry(Arc::new(POLICY), operation);
    print_number("backoff-tokio future, policy in an Arc", size_of_val(&call));
    let call = tokio_loop(operation);
    print_number("backoff-tokio loop", size_of_val(&call));
    let call = tokio_loop_uninterrupted(operation);
    print_number("backoff-tokio loop, uninterrupted", size_of_val(&call));
    print_number("backon", {
        use backon::Retryable;
        let builder = backon::ExponentialBuilder::new()
            .with_min_delay(BASE)
            .with_max_delay(MAX)
            .with_jitter();
        size_of_val(&operation.retry(builder))
    });
    print_number("backoff 0.4", {
        let policy = backoff::ExponentialBackoff::default();
        let call = backoff::future::retry(policy, || async {
            operation().await.map_err(backoff::Error::transient)
        });
        size_of_val(&call)
    });
    print_number("tokio-retry", {
        use tokio_retry::strategy::{ExponentialBackoff, jitter};
        let strategy = ExponentialBackoff::from_millis(100).map(jitter).take(4);
        size_of_val(&tokio_retry::Retry::start(strategy, operation))
    });
    print_number("tokio-retry2", {
        use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter};
        let strategy = ExponentialFactorBackoff::from_millis(100, 2.0)
            .map(jitter)
            .take(4);
        let call = tokio_retry2::Retry::spawn(strategy, || async {
            operation()
                .await
                .map_err(tokio_retry2::RetryError::transient)
        });
        size_of_val(&call)
    });
    print_number("tryhard", {
        let call = tryhard::retry_fn(operation)
            .retries(4)
            .exponential_backoff(BASE)
            .max_delay(MAX);
        size_of_val(&call.into_future())
    });
}

async fn hand_written<F: Future<Output = Result<u64, Reset>>>(
    operation: impl Fn() -> F,
) -> Result<u64, Reset> {
    let mut window = BASE;
    for _ in 1..5 {
        if let Ok(value) = operation().await {
            return Ok(value);
        }
        tokio::time::sleep(window).await;
        window = (window * 2).min(MAX);
    }
    operation().await
}

async fn tokio_loop<F: Future<Output = Result<u64, Reset>>>(
    operation: impl Fn() -> F,
) -> Result<u64, Reset> {
    let mut attempts = backoff_tokio::attempts(&POLICY);
    loop {
        let outcome = attempts.limit(operation()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

async fn tokio_loop_uninterrupted<F: Future<Output = Result<u64, Reset>>>(
    operation: impl Fn() -> F,
) -> Result<u64, Reset> {
    let mut attempts = backoff_tokio::attempts(&POLICY);
    loop {
        let outcome = operation().await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}
