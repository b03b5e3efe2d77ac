use std::time::Duration;

use backoff_nats::{Failure, Policy, Redelivery, Settlement};
use futures_util::StreamExt;
use tokio::time::{sleep, timeout};

use crate::world::{Fails, consumer, with_each_server};

#[tokio::test]
async fn it_is_extended_while_the_attempt_works_and_no_longer() {
    with_each_server(async |world| {
        let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3));
        let redelivery = Redelivery::new(policy)
            .when(Fails::failure as fn(&Fails) -> _)
            .with_ack_wait(Duration::from_secs(1));
        let stream = world.stream("orders").await;
        let consumer = consumer(&stream, &redelivery, "c", "orders.>").await;
        let mut messages = consumer.messages().await.expect("messages");
        world.publish("orders.new", "7").await;
        let message = messages.next().await.expect("no end").expect("a message");

        let long = async {
            sleep(Duration::from_millis(2_500)).await;
            Ok::<_, Fails>(())
        };
        let again = timeout(Duration::from_millis(2_400), messages.next());
        let (outcome, again) = tokio::join!(redelivery.attempt(&message, long), again);
        assert!(outcome.is_ok() && again.is_err(), "{:?}", world.version);

        // Not settled, so it comes again. An attempt that is too long is interrupted.
        let again = timeout(Duration::from_secs(3), messages.next()).await;
        let message = again.expect("again").expect("no end").expect("a message");
        let endless = std::future::pending::<Result<(), _>>();
        let outcome = timeout(
            Duration::from_secs(4),
            redelivery.attempt(&message, endless),
        )
        .await;
        let outcome = outcome.expect("interrupted after 3 s");
        assert_eq!(
            outcome.as_ref().map_err(Fails::failure),
            Err(Failure::transient())
        );
        let settlement = redelivery
            .settle(&message, &outcome)
            .await
            .expect("settled");
        assert!(
            matches!(settlement, Settlement::Redeliver { .. }),
            "{settlement}"
        );
    })
    .await;
}
