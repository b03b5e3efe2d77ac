//! A loop that processes the messages of a consumer.

mod pull;
mod report;
mod slot;

use std::fmt::{self, Display};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;
use backoff_tokio::{Budget, Classify, PolicyRef, TimedOut};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::redelivery::Redelivery;

use pull::Pull;
pub use report::WorkerReport;

/// How many messages are processed at the same time, unless you say otherwise.
const CONCURRENCY: usize = 64;

/// How long a worker that stops waits for a connection that may be lost.
const FLUSH: Duration = Duration::from_secs(2);

/// How long a worker that stops waits for attempts: what Kubernetes leaves a container
/// (`terminationGracePeriodSeconds`, 30 s), less the time to hand messages back.
const GRACE: Duration = Duration::from_secs(25);

/// Processes the messages of a consumer under a [`Redelivery`], a bounded number at the same time.
///
/// It pulls a message only when it can begin with it at once, so that none waits in the worker while its acknowledgement
/// runs out. All attempts run in the task of [`run`](Self::run): spawn a task in the handler for work that needs another
/// thread.
///
/// # Examples
///
/// ```no_run
/// # use async_nats::jetstream::{Message, consumer::PullConsumer};
/// # use backoff_nats::{Policy, Redelivery, Worker};
/// # use std::sync::Arc;
/// # async fn process(order: Arc<Message>) -> std::io::Result<()> { Ok(()) }
/// # async fn work(consumer: PullConsumer) {
/// let redelivery = Redelivery::new(Policy::DEFAULT).dead_letters("dead.orders");
/// let worker = Worker::new(redelivery, consumer).with_concurrency(16);
/// let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
/// let report = worker.run(process, stop).await;
/// println!("{report}");
/// # }
/// ```
#[must_use = "a worker does nothing unless it runs"]
pub struct Worker<P, C, B> {
    redelivery: Redelivery<P, C, B>,
    consumer: PullConsumer,
    concurrency: usize,
    grace: Duration,
}

impl<P, C, B> Worker<P, C, B> {
    /// Makes a worker that processes up to 64 messages at the same time. The consumer should have been configured by
    /// [`Redelivery::consumer`].
    pub const fn new(redelivery: Redelivery<P, C, B>, consumer: PullConsumer) -> Self {
        Self {
            redelivery,
            consumer,
            concurrency: CONCURRENCY,
            grace: GRACE,
        }
    }

    /// Sets how many messages are processed at the same time. 0 counts as 1.
    pub fn with_concurrency(mut self, messages: usize) -> Self {
        self.concurrency = messages.max(1);
        self
    }

    /// Sets how long a worker that stops lets attempts go on; 25 s by default. Then it interrupts them, and hands
    /// their messages back to the server at once.
    pub const fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }
}

impl<P: PolicyRef, C, B: Budget> Worker<P, C, B> {
    /// Processes messages until `stop` is ready, and returns what became of them.
    ///
    /// Then it pulls no more messages, finishes the attempts that are under way, and hands back those that outlast
    /// the [grace](Self::with_grace). Dropping the future stops at once; the server then delivers the messages again after
    /// their `ack_wait`.
    ///
    /// While the server is out of reach, it asks again, for ever. A panic of the handler is not caught.
    pub async fn run<T, E, A>(
        &self,
        handler: impl Fn(Arc<Message>) -> A,
        stop: impl Future<Output = ()>,
    ) -> WorkerReport
    where
        C: Classify<Result<T, E>>,
        E: Display + From<TimedOut>,
        A: Future<Output = Result<T, E>>,
    {
        let (mut report, mut client) = (WorkerReport::default(), None);
        let (interrupt, interrupted) = watch::channel(false);
        let (mut stop, mut running) = (pin!(stop), FuturesUnordered::new());
        let begin = |message: Message| {
            let message = Arc::new(message);
            slot::process(&self.redelivery, message, &handler, interrupted.clone())
        };
        let mut pull = Pull::new(&self.consumer, self.concurrency);
        loop {
            let busy = running.len();
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = running.next() => report.count(ended),
                message = pull.next(busy) => {
                    client.get_or_insert_with(|| message.context.client());
                    running.push(begin(message));
                }
            }
        }
        for message in pull.buffered() {
            running.push(begin(message));
        }
        let grace = tokio::time::sleep(self.grace);
        let mut grace = pin!(grace);
        while !running.is_empty() {
            tokio::select! {
                Some(ended) = running.next() => report.count(ended),
                () = &mut grace, if !*interrupt.borrow() => { interrupt.send_replace(true); }
            }
        }
        if let Some(client) = client {
            // Acknowledgements that need no confirmation may not have left the process.
            let _ = timeout(FLUSH, client.flush()).await;
        }
        report
    }
}

impl<P: fmt::Debug, C, B> fmt::Debug for Worker<P, C, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("redelivery", &self.redelivery)
            .field("concurrency", &self.concurrency)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}
