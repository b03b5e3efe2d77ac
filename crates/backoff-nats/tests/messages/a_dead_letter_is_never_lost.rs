use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull;
use backoff_nats::{Failure, Policy, Redelivery, SettleError, Settlement};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::world::{Fails, World, consumer, with_each_server};

const PERMANENT: Result<(), Fails> = Err(Fails(Failure::permanent()));

fn redelivery() -> Redelivery<Policy, fn(&Fails) -> Failure> {
    Redelivery::new(Policy::DEFAULT)
        .when(Fails::failure as fn(&Fails) -> _)
        .with_ack_wait(Duration::from_secs(1))
        .dead_letters("dead.orders")
}

async fn next(messages: &mut pull::Stream) -> Message {
    let message = timeout(Duration::from_secs(5), messages.next()).await;
    message
        .expect("in time")
        .expect("no end")
        .expect("a message")
}

#[tokio::test]
async fn the_message_stays_until_its_copy_is_stored() {
    with_each_server(async |world| {
        let (stream, redelivery) = (world.stream("orders").await, redelivery());
        let mut consumer = consumer(&stream, &redelivery, "c", "orders.new").await;
        let mut messages = consumer.messages().await.expect("messages");
        publish_with_headers(&world).await;

        let message = next(&mut messages).await;
        let refused = redelivery.settle(&message, &PERMANENT).await;
        let error = refused.expect_err("no stream listens to the subject");
        assert!(matches!(error, SettleError::DeadLetter(_)), "{error}");
        assert_eq!(consumer.info().await.expect("its state").num_ack_pending, 1);

        let mut dead = world.stream("dead").await;
        let message = next(&mut messages).await;
        let settlement = redelivery.settle(&message, &PERMANENT).await;
        assert!(
            matches!(settlement, Ok(Settlement::DeadLetter(_))),
            "{settlement:?}"
        );
        // A crash between the copy and the termination repeats both: the server drops the second copy.
        let settlement = redelivery.settle(&message, &PERMANENT).await;
        assert!(
            matches!(settlement, Ok(Settlement::DeadLetter(_))),
            "{settlement:?}"
        );
        assert_eq!(dead.info().await.expect("its state").state.messages, 1);
        assert_eq!(consumer.info().await.expect("its state").num_ack_pending, 0);

        let config = pull::Config::default();
        let copies = dead.create_consumer(config).await.expect("a consumer");
        let copy = next(&mut copies.messages().await.expect("messages")).await;
        assert_eq!(copy.payload, "an order");
        check_headers(copy.headers.as_ref().expect("headers"));
    })
    .await;
}

async fn publish_with_headers(world: &World) {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", "order-7");
    headers.insert("Nats-Expected-Stream", "orders");
    headers.insert("Backoff-Reason", "says the publisher");
    headers.append("Customer", "Ada");
    headers.append("Customer", "Grace");
    let sent = world
        .jetstream
        .publish_with_headers("orders.new", headers, "an order".into())
        .await;
    sent.expect("sent").await.expect("stored");
}

fn check_headers(headers: &HeaderMap) {
    let all = |name| {
        headers
            .get_all(name)
            .map(|value| value.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let cases: [(&str, &[&str]); 10] = [
        ("Backoff-Attempts", &["2"]),
        ("Backoff-Consumer", &["c"]),
        ("Backoff-Error", &["a permanent failure"]),
        ("Backoff-Message-Id", &["order-7"]),
        ("Backoff-Reason", &["the failure is permanent"]),
        ("Backoff-Sequence", &["1"]),
        ("Backoff-Stream", &["orders"]),
        ("Backoff-Subject", &["orders.new"]),
        ("Customer", &["Ada", "Grace"]),
        ("Nats-Expected-Stream", &[]),
    ];
    for (name, values) in cases {
        assert_eq!(all(name), values, "{name}");
    }
}

#[tokio::test]
async fn a_message_whose_copy_would_be_too_large_stays() {
    with_each_server(async |world| {
        let (stream, redelivery) = (world.stream("orders").await, redelivery());
        world.stream("dead").await;
        let mut consumer = consumer(&stream, &redelivery, "c", "orders.new").await;
        let mut messages = consumer.messages().await.expect("messages");
        let largest = "x".repeat(world.jetstream.client().server_info().max_payload - 10);
        world.publish("orders.new", &largest).await;
        let refused = redelivery
            .settle(&next(&mut messages).await, &PERMANENT)
            .await;
        assert!(
            matches!(refused, Err(SettleError::DeadLetter(_))),
            "{refused:?}"
        );
        assert_eq!(consumer.info().await.expect("its state").num_ack_pending, 1);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_not_from_a_stream_is_an_error() {
    with_each_server(async |world| {
        let client = world.jetstream.client();
        let mut plain = client.subscribe("plain").await.expect("subscribed");
        client.publish("plain", "hello".into()).await.expect("sent");
        let message = Message {
            message: plain.next().await.expect("a message"),
            context: world.jetstream.clone(),
        };
        let refused = redelivery().settle(&message, &PERMANENT).await;
        assert!(
            matches!(refused, Err(SettleError::NotJetStream(_))),
            "{refused:?}"
        );
    })
    .await;
}
