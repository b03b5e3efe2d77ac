//! What a call costs: one that succeeds at once, and one that fails three times over a sleeper that does nothing.
//!
//! The operation returns at once, an error as often as it is told to and then a number. Every policy is
//! exponential from 100 ms to 20 s with jitter and at most five attempts. A call is made and driven to its end
//! in a function that is not inlined, without a runtime.

use std::cell::Cell;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::Policy;
use backoff_driver::{Attempts, BlockingSleeper, Clock, Sleeper, ThreadRandom};
use rand_core::Rng;
use rand_xoshiro::Xoshiro128PlusPlus;

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);
const DEADLINE: Duration = Duration::from_mins(1);

static POLICY: Policy = Policy::exponential(BASE, MAX);

fn main() {
    ask(&[(FIRST, ASYNC), (FIRST, BLOCKING), (THREE, FAILING)]);
}

const FIRST: Measure = Measure {
    name: "first-try success",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Both,
};
const THREE: Measure = Measure {
    name: "three failures",
    less: (1_000, 3),
    more: (2_000, 3),
    per: 1_000,
    by: By::Both,
};

const ASYNC: &[Subject] = &[
    Subject::new("bare call", bare),
    Subject::new("hand-written loop, no clock", hand_written_clockless),
    Subject::new("hand-written loop, a plain clock", hand_written),
    Subject::new("backoff-driver loop, a plain clock", driver_loop),
    Subject::new("backoff-driver future, a plain clock", driver_future),
    Subject::new("hand-written loop, tokio's clock", hand_written_tokio),
    Subject::new("backoff-tokio loop", tokio_loop),
    Subject::new("backoff-tokio future", tokio_future),
    Subject::new("backon", backon_tokio),
    Subject::new("backoff 0.4", backoff_0_4),
    Subject::new("google-cloud-gax", gax),
    Subject::new("tokio-retry", tokio_retry),
    Subject::new("tokio-retry2", tokio_retry2),
    Subject::new("tower", tower),
    Subject::new("tryhard", tryhard),
];

const BLOCKING: &[Subject] = &[
    Subject::new("bare call, blocking", bare_blocking),
    Subject::new(
        "hand-written loop, the system's clock, blocking",
        hand_written_std,
    ),
    Subject::new("backoff-std, blocking", std_retry),
    Subject::new("backon, blocking", backon_blocking),
    Subject::new("backoff 0.4, blocking", backoff_0_4_blocking),
    Subject::new("retry, blocking", retry_blocking),
];

const FAILING: &[Subject] = &[
    Subject::new("hand-written loop, a plain clock", hand_written),
    Subject::new("backoff-driver loop, a plain clock", driver_loop),
    Subject::new("backoff-driver future, a plain clock", driver_future),
    Subject::new(
        "backoff-driver future, thread's generator",
        driver_future_thread,
    ),
    Subject::new("backon, idle sleeper", backon_idle),
    Subject::new("backoff 0.4, idle sleeper", backoff_0_4_idle),
    Subject::new("google-cloud-gax", gax),
];

#[derive(Debug)]
struct Reset;

/// Fails so many times.
struct Operation(AtomicU32);

impl Operation {
    fn failing(times: u32) -> Self {
        Self(AtomicU32::new(black_box(times)))
    }

    #[inline]
    fn call(&self) -> Result<u64, Reset> {
        match self.0.load(Relaxed) {
            0 => Ok(black_box(42)),
            left => {
                self.0.store(left - 1, Relaxed);
                Err(Reset)
            }
        }
    }

    // An async function without a wait is what is measured.
    #[allow(clippy::unused_async)]
    async fn send(&self) -> Result<u64, Reset> {
        self.call()
    }
}

fn rounds<O>(rounds: u32, turns: u32, call: fn(u32) -> O) {
    for _ in 0..rounds {
        let _ = black_box(black_box(call)(turns));
    }
}

/// Polls a future that never has to wait.
#[inline]
fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A clock that is cheap to read, and a sleeper that does nothing.
#[derive(Clone, Copy)]
struct Plain;

static NOW: Duration = Duration::from_secs(7);

impl Clock for Plain {
    type Moment = Duration;

    #[inline]
    fn read(&self) -> Duration {
        *black_box(&NOW)
    }

    #[inline]
    fn since_origin(&self, moment: Duration) -> Duration {
        moment
    }
}

impl Sleeper for Plain {
    type Sleep = Ready<()>;

    #[inline]
    fn sleep(&self, duration: Duration) -> Ready<()> {
        black_box(duration);
        ready(())
    }
}

impl BlockingSleeper for Plain {
    #[inline]
    fn block(&self, duration: Duration) {
        black_box(duration);
    }
}

fn random() -> Xoshiro128PlusPlus {
    thread_local! {
        static SEEDED: Cell<[u32; 4]> = const { Cell::new([1, 2, 3, 4]) };
    }
    let [a, b, c, d] = SEEDED.get();
    let mut seed = [0; 16];
    seed[..4].copy_from_slice(&a.to_le_bytes());
    seed[4..8].copy_from_slice(&b.to_le_bytes());
    seed[8..12].copy_from_slice(&c.to_le_bytes());
    seed[12..].copy_from_slice(&d.to_le_bytes());
    rand_core::SeedableRng::from_seed(seed)
}

fn bare(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        drive(Operation::failing(failures).send())
    });
}

fn hand_written_clockless(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut window = BASE;
            for _ in 1..5 {
                if let Ok(value) = operation.send().await {
                    return Ok(value);
                }
                Plain.sleep(jittered(window, &mut ThreadRandom)).await;
                window = (window * 2).min(MAX);
            }
            operation.send().await
        })
    });
}

fn hand_written(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let mut random = random();
        drive(async {
            let began = Plain.now();
            let mut window = BASE;
            for _ in 1..5 {
                match operation.send().await {
                    Ok(value) => return Ok(value),
                    Err(error) => {
                        let delay = jittered(window, &mut random);
                        if Plain.now().saturating_sub(began) + delay > DEADLINE {
                            return Err(error);
                        }
                        Plain.sleep(delay).await;
                        window = (window * 2).min(MAX);
                    }
                }
            }
            operation.send().await
        })
    });
}

#[inline]
fn jittered(window: Duration, random: &mut impl Rng) -> Duration {
    let nanos = window.as_nanos() as u64;
    Duration::from_nanos(((u128::from(nanos) * u128::from(random.next_u32())) >> 32) as u64)
}

fn driver_loop(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = Attempts::new(&POLICY, Plain, random());
            loop {
                let outcome = operation.send().await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
            }
        })
    });
}

fn driver_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff_driver::retry(&POLICY, Plain, random(), || {
            operation.send()
        }))
    });
}

fn driver_future_thread(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff_driver::retry(&POLICY, Plain, ThreadRandom, || {
            operation.send()
        }))
    });
}

fn hand_written_tokio(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let began = tokio::time::Instant::now();
            let mut window = BASE;
            for _ in 1..5 {
                match operation.send().await {
                    Ok(value) => return Ok(value),
                    Err(error) => {
                        let delay = jittered(window, &mut ThreadRandom);
                        if began.elapsed() + delay > DEADLINE {
                            return Err(error);
                        }
                        tokio::time::sleep(delay).await;
                        window = (window * 2).min(MAX);
                    }
                }
            }
            operation.send().await
        })
    });
}

fn tokio_loop(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut attempts = backoff_tokio::attempts(&POLICY);
            loop {
                let outcome = operation.send().await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
            }
        })
    });
}

fn tokio_future(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { backoff_tokio::retry(&POLICY, || operation.send()).await })
    });
}

const BACKON: backon::ExponentialBuilder = backon::ExponentialBuilder::new()
    .with_min_delay(BASE)
    .with_max_delay(MAX)
    .with_max_times(4)
    .with_jitter();

fn backon_tokio(n: u32, turns: u32) {
    use backon::Retryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { (|| operation.send()).retry(BACKON).await })
    });
}

fn backon_idle(n: u32, turns: u32) {
    use backon::Retryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            (|| operation.send())
                .retry(BACKON)
                .sleep(|delay| Plain.sleep(delay))
                .await
        })
    });
}

fn exponential_0_4() -> backoff::ExponentialBackoff {
    backoff::ExponentialBackoffBuilder::new()
        .with_initial_interval(BASE)
        .with_multiplier(2.0)
        .with_max_interval(MAX)
        .with_max_elapsed_time(Some(DEADLINE))
        .build()
}

fn backoff_0_4(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff::future::retry(exponential_0_4(), || async {
            operation.send().await.map_err(backoff::Error::transient)
        }))
    });
}

fn backoff_0_4_idle(n: u32, turns: u32) {
    struct Idle;
    impl backoff::future::Sleeper for Idle {
        type Sleep = Ready<()>;
        fn sleep(&self, duration: Duration) -> Ready<()> {
            Plain.sleep(duration)
        }
    }
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let call = backoff::future::Retry::new(
            Idle,
            exponential_0_4(),
            |_: Reset, _: Duration| {},
            || async { operation.send().await.map_err(backoff::Error::transient) },
        );
        drive(call)
    });
}

fn gax(n: u32, turns: u32) {
    use google_cloud_gax::backoff_policy::BackoffPolicy;
    use google_cloud_gax::error::Error;
    use google_cloud_gax::exponential_backoff::ExponentialBackoffBuilder;
    use google_cloud_gax::retry_loop_internal::retry_loop;
    use google_cloud_gax::retry_policy::{AlwaysRetry, RetryPolicy, RetryPolicyExt};
    use google_cloud_gax::retry_throttler::{AdaptiveThrottler, RetryThrottler};
    use std::sync::{Arc, LazyLock, Mutex};

    struct Policies {
        throttler: Arc<Mutex<dyn RetryThrottler>>,
        retry: Arc<dyn RetryPolicy>,
        backoff: Arc<dyn BackoffPolicy>,
    }
    // A client makes these once for all of its calls.
    static POLICIES: LazyLock<Policies> = LazyLock::new(|| Policies {
        throttler: Arc::new(Mutex::new(AdaptiveThrottler::default())),
        retry: Arc::new(AlwaysRetry.with_attempt_limit(5)),
        backoff: Arc::new(
            ExponentialBackoffBuilder::new()
                .with_initial_delay(BASE)
                .with_maximum_delay(MAX)
                .build()
                .expect("a policy"),
        ),
    });
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(retry_loop(
            async |_| operation.send().await.map_err(|_| Error::io("reset")),
            |delay| Plain.sleep(delay),
            true,
            POLICIES.throttler.clone(),
            POLICIES.retry.clone(),
            POLICIES.backoff.clone(),
        ))
    });
}

fn tokio_retry(n: u32, turns: u32) {
    use tokio_retry::Retry;
    use tokio_retry::strategy::{ExponentialBackoff, jitter};
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let strategy = ExponentialBackoff::from_millis(2)
            .factor(50)
            .max_delay(MAX)
            .map(jitter)
            .take(4);
        drive(Retry::start(strategy, || operation.send()))
    });
}

fn tokio_retry2(n: u32, turns: u32) {
    use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter};
    use tokio_retry2::{Retry, RetryError};
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let strategy = ExponentialFactorBackoff::from_millis(100, 2.0)
            .max_delay(MAX)
            .map(jitter)
            .take(4);
        drive(Retry::spawn(strategy, || async {
            operation.send().await.map_err(RetryError::transient)
        }))
    });
}

fn tower(n: u32, turns: u32) {
    use tower::retry::Retry;
    use tower::retry::backoff::{
        Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff,
    };
    use tower::util::rng::HasherRng;
    use tower::{Service, service_fn};

    #[derive(Clone)]
    struct Bounded {
        left: u32,
        backoff: ExponentialBackoff,
    }
    impl<T> tower::retry::Policy<(), T, Reset> for Bounded {
        type Future = tokio::time::Sleep;
        fn retry(&mut self, (): &mut (), result: &mut Result<T, Reset>) -> Option<Self::Future> {
            result.as_ref().err()?;
            self.left = self.left.checked_sub(1)?;
            Some(self.backoff.next_backoff())
        }
        fn clone_request(&mut self, (): &()) -> Option<()> {
            Some(())
        }
    }
    thread_local! {
        static BACKOFF: ExponentialBackoff =
            ExponentialBackoffMaker::new(BASE, MAX, 1.0, HasherRng::new()).expect("bounds").make_backoff();
    }
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let policy = Bounded {
            left: 4,
            backoff: BACKOFF.with(Clone::clone),
        };
        let mut service = Retry::new(policy, service_fn(|()| operation.send()));
        drive(async { service.call(()).await })
    });
}

fn tryhard(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            tryhard::retry_fn(|| operation.send())
                .retries(4)
                .exponential_backoff(BASE)
                .max_delay(MAX)
                .await
        })
    });
}

fn bare_blocking(n: u32, turns: u32) {
    rounds(n, turns, |failures| Operation::failing(failures).call());
}

fn hand_written_std(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let began = std::time::Instant::now();
        let mut window = BASE;
        for _ in 1..5 {
            match operation.call() {
                Ok(value) => return Ok(value),
                Err(error) => {
                    let delay = jittered(window, &mut ThreadRandom);
                    if began.elapsed() + delay > DEADLINE {
                        return Err(error);
                    }
                    std::thread::sleep(delay);
                    window = (window * 2).min(MAX);
                }
            }
        }
        operation.call()
    });
}

fn std_retry(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        backoff_std::retry(&POLICY, || operation.call())
    });
}

fn backon_blocking(n: u32, turns: u32) {
    use backon::BlockingRetryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        (|| operation.call()).retry(BACKON).call()
    });
}

fn backoff_0_4_blocking(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        backoff::retry(exponential_0_4(), || {
            operation.call().map_err(backoff::Error::transient)
        })
    });
}

fn retry_blocking(n: u32, turns: u32) {
    use retry::delay::{Exponential, jitter};
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let delays = Exponential::from_millis_with_factor(100, 2.0)
            .map(|delay| delay.min(MAX))
            .map(jitter)
            .take(4);
        retry::retry(delays, || operation.call())
    });
}
