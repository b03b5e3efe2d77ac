//! The streams, the consumer and the policy.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, kv, stream};
use backoff_nats::{Failure, Policy, Redelivery, TimedOut};
use futures_util::StreamExt;

/// Short delays, so that the example takes seconds.
pub(crate) static POLICY: Policy =
    Policy::exponential(Duration::from_millis(200), Duration::from_secs(2))
        .with_max_attempts(10)
        .without_deadline();

pub(crate) struct Shop {
    jetstream: Context,
    pub(crate) consumer: PullConsumer,
}

/// What became of an order that is kept for a person.
pub(crate) struct DeadLetter {
    pub(crate) order: u32,
    pub(crate) reason: String,
    pub(crate) attempts: u32,
}

/// Makes what is missing: two streams, a bucket for notes, and the consumer.
pub(crate) async fn open(url: &str, scheduled: bool) -> anyhow::Result<Shop> {
    let jetstream = jetstream::new(connect(url).await?);
    let orders = stream::Config {
        name: "orders".to_owned(),
        subjects: vec!["orders.>".to_owned()],
        allow_message_schedules: scheduled,
        ..Default::default()
    };
    let stream = jetstream.get_or_create_stream(orders).await?;
    let dead = stream::Config {
        name: "dead".to_owned(),
        subjects: vec!["dead.>".to_owned()],
        ..Default::default()
    };
    jetstream.get_or_create_stream(dead).await?;
    let notes = notes(&jetstream).await?;
    let config = pull::Config {
        durable_name: Some("billing".to_owned()),
        filter_subject: "orders.new.*".to_owned(),
        ..Default::default()
    };
    let config = redelivery(notes, scheduled).consumer(config);
    let consumer = stream.get_or_create_consumer("billing", config).await?;
    Ok(Shop {
        jetstream,
        consumer,
    })
}

pub(crate) fn redelivery(
    notes: kv::Store,
    scheduled: bool,
) -> Redelivery<&'static Policy, fn(&OrderError) -> Failure> {
    let redelivery = Redelivery::new(&POLICY)
        .when(OrderError::failure as fn(&OrderError) -> Failure)
        .with_ack_wait(Duration::from_secs(2)) // workers are killed all the time
        .dead_letters("dead.orders")
        .with_notes(notes);
    if scheduled {
        redelivery.scheduled("orders.wait")
    } else {
        redelivery
    }
}

/// The bucket of notes, made as its stream because servers before 2.10 are met here, too.
pub(crate) async fn notes(jetstream: &Context) -> anyhow::Result<kv::Store> {
    let config = stream::Config {
        name: "KV_notes".to_owned(),
        subjects: vec!["$KV.notes.>".to_owned()],
        max_messages_per_subject: 1,
        max_age: Duration::from_secs(86_400),
        allow_rollup: true,
        allow_direct: true,
        ..Default::default()
    };
    jetstream.get_or_create_stream(config).await?;
    Ok(jetstream.get_key_value("notes").await?)
}

pub(crate) async fn connect(url: &str) -> anyhow::Result<async_nats::Client> {
    let options = async_nats::ConnectOptions::new()
        .retry_on_initial_connect()
        .reconnect_delay_callback(|_| Duration::from_millis(100));
    Ok(options.connect(url).await?)
}

impl Shop {
    pub(crate) fn version(&self) -> String {
        self.jetstream.client().server_info().version
    }

    pub(crate) async fn publish(&self, orders: u32) -> anyhow::Result<()> {
        // The client waits for acknowledgements once 5,000 of them are due.
        for begin in (0..orders).step_by(1_000) {
            let mut stored = Vec::new();
            for order in begin..orders.min(begin + 1_000) {
                let subject = format!("orders.new.{order}");
                stored.push(self.jetstream.publish(subject, "an order".into()).await?);
            }
            for stored in stored {
                stored.await?;
            }
        }
        Ok(())
    }

    /// The number of orders that no worker has seen, and of those that were seen and are not done.
    pub(crate) async fn open_orders(&self) -> anyhow::Result<(u64, u64)> {
        let info = self.consumer.clone().get_info().await?;
        Ok((info.num_pending, u64::try_from(info.num_ack_pending)?))
    }

    pub(crate) async fn dead_letters(&self) -> anyhow::Result<Vec<DeadLetter>> {
        let mut stream = self.jetstream.get_stream("dead").await?;
        let count = stream.info().await?.state.messages;
        let consumer = stream.create_consumer(pull::Config::default()).await?;
        let messages = consumer.messages().await?.take(usize::try_from(count)?);
        let mut letters = Vec::new();
        for message in messages.collect::<Vec<_>>().await {
            let message = message?;
            let headers = message.headers.as_ref().context("headers")?;
            let header = |name| headers.get(name).map(|value| value.as_str().to_owned());
            let subject = header("Backoff-Subject").context("a subject")?;
            letters.push(DeadLetter {
                order: order(&subject)?,
                reason: header("Backoff-Reason").context("a reason")?,
                attempts: header("Backoff-Attempts").context("attempts")?.parse()?,
            });
        }
        Ok(letters)
    }
}

/// The number of an order, from its subject.
pub(crate) fn order(subject: &str) -> anyhow::Result<u32> {
    let number = subject.rsplit('.').next().context("no number")?;
    Ok(number.parse()?)
}

/// Why an order was not processed.
#[derive(Debug)]
pub(crate) enum OrderError {
    /// The payment service asks for a second's patience.
    Busy,
    /// The order cannot be processed.
    Invalid,
    /// Something passed.
    Reset,
}

impl OrderError {
    const fn failure(&self) -> Failure {
        match self {
            Self::Busy => Failure::throttled().with_retry_after(Duration::from_secs(1)),
            Self::Invalid => Failure::permanent(),
            Self::Reset => Failure::transient(),
        }
    }
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "the payment service is busy",
            Self::Invalid => "the order has no address",
            Self::Reset => "the connection was reset",
        })
    }
}

impl From<TimedOut> for OrderError {
    fn from(_: TimedOut) -> Self {
        Self::Reset
    }
}
