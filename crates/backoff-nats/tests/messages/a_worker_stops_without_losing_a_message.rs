use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::Message;
use backoff_nats::{Policy, Redelivery, Worker};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::world::{Fails, consumer, with_each_server};

static POLICY: Policy = Policy::DEFAULT.without_deadline();

#[tokio::test]
async fn attempts_finish_or_are_handed_back() {
    with_each_server(async |world| {
        let (stream, redelivery) = (world.stream("orders").await, Redelivery::new(&POLICY));
        let mut consumer = consumer(&stream, &redelivery, "c", "orders.>").await;
        for number in 0..20 {
            world.publish("orders.new", &number.to_string()).await;
        }
        // Each second order is quick, and each other one outlasts the grace.
        let begun = AtomicU32::new(0);
        let begun = &begun;
        let process = |message: Arc<Message>| async move {
            begun.fetch_add(1, Ordering::Relaxed);
            let number: u64 = String::from_utf8_lossy(&message.payload)
                .parse()
                .expect("a number");
            sleep(Duration::from_millis(if number.is_multiple_of(2) {
                300
            } else {
                60_000
            }))
            .await;
            Ok::<_, Fails>(())
        };
        let worker = Worker::new(redelivery, consumer.clone());
        let worker = worker
            .with_concurrency(8)
            .with_grace(Duration::from_millis(600));
        let report = worker.run(process, sleep(Duration::from_millis(150))).await;
        assert_eq!(
            (report.acknowledged, report.handed_back),
            (4, 4),
            "{report}"
        );
        assert_eq!(
            (report.unsettled, begun.load(Ordering::Relaxed)),
            (0, 8),
            "{report}"
        );
        let info = consumer.info().await.expect("its state");
        let waits = info.num_pending + u64::try_from(info.num_ack_pending).expect("few");
        assert_eq!(waits, 16, "{:?}", world.version);

        // What was handed back comes at once, and not after 30 s.
        let (done, count) = (Arc::new(Notify::new()), Arc::new(AtomicU32::new(0)));
        let (told, counted) = (&done, &count);
        let process = |_| async move {
            if counted.fetch_add(1, Ordering::Relaxed) == 15 {
                told.notify_one();
            }
            Ok::<_, Fails>(())
        };
        let report = worker.run(process, done.notified());
        let report = timeout(Duration::from_secs(5), report)
            .await
            .expect("at once");
        assert_eq!(report.acknowledged, 16, "{report}");
    })
    .await;
}

#[tokio::test]
async fn no_more_messages_are_taken_than_are_processed() {
    with_each_server(async |world| {
        let (stream, redelivery) = (world.stream("orders").await, Redelivery::new(&POLICY));
        let mut consumer = consumer(&stream, &redelivery, "c", "orders.>").await;
        for number in 0..30 {
            world.publish("orders.new", &number.to_string()).await;
        }
        let process = |_| async {
            sleep(Duration::from_secs(60)).await;
            Ok::<_, Fails>(())
        };
        let worker = Worker::new(redelivery, consumer.clone()).with_concurrency(3);
        let stopped = timeout(
            Duration::from_millis(500),
            worker.run(process, std::future::pending()),
        );
        assert!(stopped.await.is_err());
        let info = consumer.info().await.expect("its state");
        assert_eq!((info.num_ack_pending, info.num_pending), (3, 27));
    })
    .await;
}
