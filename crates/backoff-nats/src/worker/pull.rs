//! Pulls as many messages as a worker has room for.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::Batch;
use backoff_tokio::{Decision, Failure, Policy, RetryState, Runtime, Tokio};
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep, timeout_at};

/// How long a request for messages stands.
const STANDING: Duration = Duration::from_secs(2);

/// How much later than that the answer to a request may come. A server that was killed has forgotten the request, so
/// this and [`STANDING`] is how long a worker may not notice that the server is back.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a few free slots wait for more, so that not every message costs a request.
const LINGER: Duration = Duration::from_millis(2);

/// Requests that fail, as while the server is out of reach, are repeated for ever.
static POLICY: Policy =
    Policy::exponential(Duration::from_millis(100), Duration::from_secs(2)).retry_forever();

pub(super) struct Pull<'c> {
    consumer: &'c PullConsumer,
    concurrency: usize,
    batch: Option<Batch>,
    /// When the batch is given up.
    until: Instant,
    failures: RetryState<&'static Policy>,
}

impl<'c> Pull<'c> {
    pub(super) fn new(consumer: &'c PullConsumer, concurrency: usize) -> Self {
        Self {
            consumer,
            concurrency,
            batch: None,
            until: Instant::now(),
            failures: POLICY.start(),
        }
    }

    /// Waits for the next message, while `running` messages are being processed. It is safe to drop the future.
    pub(super) async fn next(&mut self, running: usize) -> Message {
        loop {
            let Some(batch) = &mut self.batch else {
                self.request(running).await;
                continue;
            };
            let next = timeout_at(self.until, batch.next()).await;
            match next.unwrap_or(None) {
                Some(Ok(message)) => {
                    self.failures.reset();
                    return message;
                }
                Some(Err(error)) => {
                    self.batch = None;
                    self.pause(&error).await;
                }
                None => self.batch = None,
            }
        }
    }

    /// The messages that have arrived and have not been taken.
    pub(super) fn buffered(mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some(Some(Some(Ok(message)))) =
            self.batch.as_mut().map(|batch| batch.next().now_or_never())
        {
            messages.push(message);
        }
        messages
    }

    async fn request(&mut self, running: usize) {
        let free = self.concurrency.saturating_sub(running);
        if free == 0 {
            // The worker drops this future when a slot becomes free.
            return std::future::pending().await;
        }
        if free < self.concurrency.div_ceil(4) {
            sleep(LINGER).await;
        }
        let batch = self.consumer.batch().max_messages(free).expires(STANDING);
        match batch.messages().await {
            Ok(batch) => {
                self.batch = Some(batch);
                self.until = Instant::now() + STANDING + PATIENCE;
            }
            Err(error) => self.pause(&error.into()).await,
        }
    }

    async fn pause(&mut self, error: &async_nats::Error) {
        log::warn!("messages cannot be pulled: {error}");
        let failure = Failure::transient().with_min_delay(Duration::from_millis(50));
        let decision = self
            .failures
            .on_failure(Duration::ZERO, failure, Tokio.random());
        if let Decision::Retry { after } = decision {
            sleep(after).await;
        }
    }
}
