use std::time::Duration;

use backoff_nats::{GiveUp, MessageEventKind, Policy, Redelivery, Settlement};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::world::{consumer, with_each_server};

#[tokio::test]
async fn a_message_that_crashes_its_workers_is_dead_lettered() {
    with_each_server(async |world| {
        let (sender, mut events) = mpsc::unbounded_channel();
        let policy = Policy::DEFAULT.with_max_attempts(2).without_deadline();
        let redelivery = Redelivery::new(policy)
            .with_ack_wait(Duration::from_secs(1))
            .with_notes(world.bucket("notes").await)
            .dead_letters("dead.orders")
            .on_event(move |event| {
                if let MessageEventKind::Settled {
                    settlement,
                    failure: None,
                    ..
                } = event.kind
                {
                    let said = (event.attempt, event.sequence, settlement);
                    sender.send(said).expect("the test listens");
                }
            });
        let stream = world.stream("orders").await;
        world.stream("dead").await;
        let consumer = consumer(&stream, &redelivery, "c", "orders.>").await;
        let mut messages = consumer.messages().await.expect("messages");
        world.publish("orders.new", "poison").await;
        for attempt in 1..=3 {
            let message = timeout(Duration::from_secs(5), messages.next()).await;
            let message = message
                .expect("in time")
                .expect("no end")
                .expect("a message");
            let accepted = redelivery.accept(&message).await.expect("accepted");
            assert_eq!(accepted, attempt <= 2, "attempt {attempt}");
            // The worker crashes.
        }
        let dead = Settlement::DeadLetter(GiveUp::Attempts);
        assert_eq!(events.recv().await, Some((3, 1, dead)));
        assert_eq!(world.messages("dead").await, 1);
    })
    .await;
}
