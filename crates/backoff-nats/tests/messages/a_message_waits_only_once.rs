use std::time::Duration;

use backoff_nats::{Failure, Policy, Redelivery};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::world::{Fails, consumer, with_each_server};

/// As after a crash of the server, which forgets the last acknowledgements.
#[tokio::test]
async fn an_original_that_comes_again_gives_way_to_its_copy() {
    with_each_server(async |world| {
        if !world.schedules() {
            return;
        }
        let stream = world.stream("orders").await;
        let redelivery = Redelivery::new(Policy::DEFAULT)
            .when(Fails::failure as fn(&Fails) -> _)
            .scheduled("orders.wait");
        let hint = Failure::throttled().with_retry_after(Duration::from_secs(2));
        let failed: Result<(), _> = Err(Fails(hint));
        let first = consumer(&stream, &redelivery, "billing", "orders.new").await;
        world.publish("orders.new", "7").await;
        let mut orders = first.messages().await.expect("messages");
        let message = orders.next().await.expect("no end").expect("a message");
        redelivery.settle(&message, &failed).await.expect("settled");

        stream.delete_consumer("billing").await.expect("deleted");
        let second = consumer(&stream, &redelivery, "billing", "orders.new").await;
        let mut orders = second.messages().await.expect("messages");
        for (sequence, accepted) in [(1, false), (3, true)] {
            let message = timeout(Duration::from_secs(5), orders.next()).await;
            let message = message
                .expect("in time")
                .expect("no end")
                .expect("a message");
            assert_eq!(
                message.info().expect("from a stream").stream_sequence,
                sequence
            );
            assert_eq!(redelivery.accept(&message).await.expect("asked"), accepted);
        }
    })
    .await;
}
