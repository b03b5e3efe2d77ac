use std::time::Duration;

use async_nats::jetstream::stream::{Config, RetentionPolicy};
use backoff_nats::{Failure, Policy, Redelivery, SettleError};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::world::{Fails, consumer, with_each_server};

#[tokio::test]
async fn counted_or_scheduled() {
    with_each_server(async |world| {
        for retention in [
            RetentionPolicy::Limits,
            RetentionPolicy::Interest,
            RetentionPolicy::WorkQueue,
        ] {
            for scheduled in [false, true] {
                if scheduled && !world.schedules() {
                    continue;
                }
                let what = format!("{:?}, {retention:?}, scheduled: {scheduled}", world.version);
                let config = Config {
                    name: "orders".to_owned(),
                    subjects: vec!["orders.>".to_owned()],
                    retention,
                    allow_message_schedules: scheduled,
                    ..Default::default()
                };
                let stream = world
                    .jetstream
                    .create_stream(config)
                    .await
                    .expect("a stream");
                let redelivery =
                    Redelivery::new(Policy::DEFAULT).when(Fails::failure as fn(&Fails) -> _);
                let redelivery = redelivery.with_ack_wait(Duration::from_secs(1));
                let redelivery = if scheduled {
                    redelivery.scheduled("orders.wait")
                } else {
                    redelivery
                };
                let consumer = consumer(&stream, &redelivery, "billing", "orders.new").await;
                world.publish("orders.new", "7").await;
                let mut orders = consumer.messages().await.expect("messages");
                let message = orders.next().await.expect("no end").expect("a message");
                let failed: Result<(), _> = Err(Fails(Failure::transient()));
                let settled = redelivery.settle(&message, &failed).await;
                // A stream by interest would drop the copy: the original stays, and is delivered again.
                let drops = scheduled && matches!(retention, RetentionPolicy::Interest);
                let refused = matches!(settled, Err(SettleError::Schedule(_)));
                assert_eq!(refused, drops, "{what}: {settled:?}");
                let message = timeout(Duration::from_secs(5), orders.next()).await;
                let message = message.unwrap_or_else(|_| panic!("{what}: lost"));
                assert!(message.is_some_and(|message| message.is_ok()), "{what}");
                world
                    .jetstream
                    .delete_stream("orders")
                    .await
                    .expect("deleted");
            }
        }
    })
    .await;
}
