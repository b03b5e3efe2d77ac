//! A stream of messages.

use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, stream};
use backoff_nats::{PolicyRef, Redelivery};

/// Connects, and makes an empty stream.
pub(crate) async fn open(url: &str) -> anyhow::Result<(Context, stream::Stream)> {
    let options = async_nats::ConnectOptions::new().request_timeout(Some(Duration::from_secs(30)));
    let jetstream = jetstream::new(options.connect(url).await?);
    let config = stream::Config {
        name: "work".to_owned(),
        subjects: vec!["work.>".to_owned()],
        ..Default::default()
    };
    let _ = jetstream.delete_stream("work").await;
    let stream = jetstream.create_stream(config).await?;
    Ok((jetstream, stream))
}

pub(crate) async fn publish(jetstream: &Context, messages: u32) -> anyhow::Result<()> {
    for begin in (0..messages).step_by(1_000) {
        let mut stored = Vec::new();
        for number in begin..messages.min(begin + 1_000) {
            let payload = number.to_string().into();
            stored.push(jetstream.publish("work.new", payload).await?);
        }
        for stored in stored {
            stored.await?;
        }
    }
    Ok(())
}

pub(crate) async fn consumer<P: PolicyRef>(
    stream: &stream::Stream,
    redelivery: &Redelivery<P>,
    name: &str,
) -> anyhow::Result<PullConsumer> {
    let config = pull::Config {
        durable_name: Some(name.to_owned()),
        ..Default::default()
    };
    Ok(stream.create_consumer(redelivery.consumer(config)).await?)
}
