//! What three failures cost on tokio, with its clock paused: the runtime's timer is among it, nothing waits for real.

use std::future::Future;
use std::hint::black_box;
use std::time::Duration;

use backoff_bench::{By, Measure, Reset, Subject, ask};
use backoff_core::Policy;
use tokio::runtime::Builder;

fn main() {
    ask(&[(THREE, SUBJECTS)]);
}

const THREE: Measure = Measure {
    name: "three failures under a paused clock",
    less: (1_000, 3),
    more: (3_000, 3),
    per: 2_000,
    by: By::Both,
};

const SUBJECTS: &[Subject] = &[
    Subject::new("hand-written loop", hand_written),
    Subject::new("backoff-tokio loop", tokio_loop),
    Subject::new("backoff-tokio future", tokio_future),
    Subject::new("backon", backon),
    Subject::new("backoff 0.4", backoff_0_4),
    Subject::new("tokio-retry", tokio_retry),
    Subject::new("tokio-retry2", tokio_retry2),
    Subject::new("tryhard", tryhard),
];

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

static POLICY: Policy = Policy::exponential(BASE, MAX);

/// An operation that fails so many times.
struct Operation(u32);

impl Operation {
    fn send(&mut self) -> impl Future<Output = Result<u64, Reset>> + use<> {
        let left = black_box(self.0);
        self.0 = left.saturating_sub(1);
        async move { if left == 0 { Ok(42) } else { Err(Reset) } }
    }
}

fn run<F: Future<Output = Result<u64, Reset>>>(
    n: u32,
    failures: u32,
    call: impl Fn(Operation) -> F,
) {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        for _ in 0..n {
            assert_eq!(call(Operation(failures)).await, Ok(42));
        }
    });
}

fn hand_written(n: u32, failures: u32) {
    run(n, failures, |mut operation| async move {
        let mut window = BASE;
        for _ in 1..5 {
            if let Ok(value) = operation.send().await {
                return Ok(value);
            }
            tokio::time::sleep(window).await;
            window = (window * 2).min(MAX);
        }
        operation.send().await
    });
}

fn tokio_loop(n: u32, failures: u32) {
    run(n, failures, |mut operation| async move {
        let mut attempts = backoff_tokio::attempts(&POLICY);
        loop {
            let outcome = attempts.limit(operation.send()).await;
            let Some(pause) = attempts.pause_after(&outcome) else {
                break outcome;
            };
            pause.await;
        }
    });
}

fn tokio_future(n: u32, failures: u32) {
    run(n, failures, |mut operation| {
        backoff_tokio::retry(&POLICY, move || operation.send())
    });
}

fn backon(n: u32, failures: u32) {
    use backon::{ExponentialBuilder, Retryable};
    run(n, failures, |mut operation| async move {
        let builder = ExponentialBuilder::new()
            .with_min_delay(BASE)
            .with_max_delay(MAX)
            .with_max_times(4)
            .with_jitter();
        (move || operation.send()).retry(builder).await
    });
}

fn backoff_0_4(n: u32, failures: u32) {
    run(n, failures, |mut operation| {
        let policy = backoff::ExponentialBackoffBuilder::new()
            .with_initial_interval(BASE)
            .with_max_interval(MAX)
            .build();
        backoff::future::retry(policy, move || {
            let call = operation.send();
            async move { call.await.map_err(backoff::Error::transient) }
        })
    });
}

fn tokio_retry(n: u32, failures: u32) {
    use tokio_retry::strategy::{ExponentialBackoff, jitter};
    run(n, failures, |mut operation| {
        let strategy = ExponentialBackoff::from_millis(2).factor(50).max_delay(MAX);
        tokio_retry::Retry::start(strategy.map(jitter).take(4), move || operation.send())
    });
}

fn tokio_retry2(n: u32, failures: u32) {
    use tokio_retry2::RetryError;
    use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter};
    run(n, failures, |mut operation| {
        let strategy = ExponentialFactorBackoff::from_millis(100, 2.0).max_delay(MAX);
        tokio_retry2::Retry::spawn(strategy.map(jitter).take(4), move || {
            let call = operation.send();
            async move { call.await.map_err(RetryError::transient) }
        })
    });
}

fn tryhard(n: u32, failures: u32) {
    run(n, failures, |mut operation| async move {
        tryhard::retry_fn(move || operation.send())
            .retries(4)
            .exponential_backoff(BASE)
            .max_delay(MAX)
            .await
    });
}
