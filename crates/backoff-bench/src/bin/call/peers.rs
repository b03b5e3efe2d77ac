//! Calls by peers.

use std::future::Ready;
use std::time::Duration;

use backoff_bench::Reset;

use crate::operation::{Operation, drive, rounds, sleep};
use crate::{BASE, DEADLINE, MAX};

pub const BACKON: backon::ExponentialBuilder = backon::ExponentialBuilder::new()
    .with_min_delay(BASE)
    .with_max_delay(MAX)
    .with_max_times(4)
    .with_jitter();

pub fn backon_tokio(n: u32, turns: u32) {
    use backon::Retryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { (|| operation.send()).retry(BACKON).await })
    });
}

pub fn backon_idle(n: u32, turns: u32) {
    use backon::Retryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async { (|| operation.send()).retry(BACKON).sleep(sleep).await })
    });
}

pub fn exponential_0_4() -> backoff::ExponentialBackoff {
    backoff::ExponentialBackoffBuilder::new()
        .with_initial_interval(BASE)
        .with_multiplier(2.0)
        .with_max_interval(MAX)
        .with_max_elapsed_time(Some(DEADLINE))
        .build()
}

pub fn backoff_0_4(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(backoff::future::retry(exponential_0_4(), || async {
            operation.send().await.map_err(backoff::Error::transient)
        }))
    });
}

pub fn backoff_0_4_idle(n: u32, turns: u32) {
    struct Idle;
    impl backoff::future::Sleeper for Idle {
        type Sleep = Ready<()>;
        fn sleep(&self, duration: Duration) -> Ready<()> {
            sleep(duration)
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

pub fn gax(n: u32, turns: u32) {
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
            sleep,
            true,
            POLICIES.throttler.clone(),
            POLICIES.retry.clone(),
            POLICIES.backoff.clone(),
        ))
    });
}

pub fn tokio_retry(n: u32, turns: u32) {
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

pub fn tokio_retry2(n: u32, turns: u32) {
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

pub fn tower(n: u32, turns: u32) {
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

pub fn tryhard(n: u32, turns: u32) {
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

pub fn backon_blocking(n: u32, turns: u32) {
    use backon::BlockingRetryable;
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        (|| operation.call()).retry(BACKON).call()
    });
}

pub fn backoff_0_4_blocking(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        backoff::retry(exponential_0_4(), || {
            operation.call().map_err(backoff::Error::transient)
        })
    });
}

pub fn retry_blocking(n: u32, turns: u32) {
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
