use std::time::Duration;

use backoff_nats::{Failure, Policy, Redelivery};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::world::{Fails, consumer, with_each_server};

#[tokio::test]
async fn only_the_consumer_that_failed_tries_again() {
    with_each_server(async |world| {
        if !world.schedules() {
            return;
        }
        let stream = world.stream("orders").await;
        let redelivery = Redelivery::new(Policy::DEFAULT)
            .when(Fails::failure as fn(&Fails) -> _)
            .scheduled("orders.wait");
        let [billing, shipping] = ["billing", "shipping"];
        let billing = consumer(&stream, &redelivery, billing, "orders.new").await;
        let mut shipping = consumer(&stream, &redelivery, shipping, "orders.new").await;
        world.publish("orders.new", "7").await;

        let mut orders = billing.messages().await.expect("messages");
        let mut others = shipping.messages().await.expect("messages");
        let message = orders.next().await.expect("no end").expect("a message");
        let failed: Result<(), _> = Err(Fails(Failure::transient()));
        redelivery.settle(&message, &failed).await.expect("settled");
        let message = others.next().await.expect("no end").expect("a message");
        redelivery
            .settle(&message, &Ok::<_, Fails>(()))
            .await
            .expect("settled");

        for (messages, accepts) in [(&mut orders, true), (&mut others, false)] {
            let message = timeout(Duration::from_secs(5), messages.next()).await;
            let message = message
                .expect("in time")
                .expect("no end")
                .expect("a message");
            assert_eq!(
                redelivery.accept(&message).await.expect("accepted"),
                accepts
            );
            let attempt = redelivery.delivery(&message).await.expect("read").attempt();
            assert_eq!(attempt, 2);
        }
        assert_eq!(shipping.info().await.expect("its state").num_ack_pending, 0);
    })
    .await;
}
