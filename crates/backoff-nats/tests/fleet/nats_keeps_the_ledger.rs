use std::future::pending;
use std::time::Duration;

use async_nats::jetstream::{self, kv, stream};
use backoff_nats::{FleetBudget, FleetLimit, KeyValue, RatioBudget};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::process::{calls, nothing};
use crate::support::{Server, binaries};

async fn bucket(url: &str) -> kv::Store {
    let options =
        async_nats::ConnectOptions::new().reconnect_delay_callback(|_| Duration::from_millis(50));
    let jetstream = jetstream::new(options.connect(url).await.expect("connected"));
    let config = stream::Config {
        name: "KV_budgets".to_owned(),
        subjects: vec!["$KV.budgets.>".to_owned()],
        max_messages_per_subject: 1,
        allow_rollup: true,
        allow_direct: true,
        ..Default::default()
    };
    jetstream
        .get_or_create_stream(config)
        .await
        .expect("the stream of a bucket");
    jetstream.get_key_value("budgets").await.expect("a bucket")
}

const LIMIT: FleetLimit = FleetLimit::ratio(1, 10, 10_000)
    .with_lease(20)
    .with_interval(Duration::from_millis(50))
    .with_lifetime(Duration::from_secs(1));

#[tokio::test]
async fn for_several_processes() {
    for binary in binaries() {
        let server = Server::start(binary);
        let mut processes = Vec::new();
        for _ in 0..4 {
            let store = KeyValue::new(bucket(&server.url()).await, "orders");
            let (budget, keeper) = FleetBudget::new(LIMIT, nothing(), store);
            tokio::spawn(keeper.run(pending()));
            processes.push(calls(budget, 1_000));
        }
        let retries: u64 = join_all(processes).await.into_iter().sum();
        assert!((200..=400).contains(&retries), "{retries}");
    }
}

#[tokio::test]
async fn and_comes_back_after_it_was_killed() {
    for binary in binaries() {
        let mut server = Server::start(binary);
        let store = KeyValue::new(bucket(&server.url()).await, "orders");
        let local = RatioBudget::new(1, 50).with_reserve(0);
        let (budget, keeper) = FleetBudget::new(LIMIT.with_reserve(10), local, store);
        tokio::spawn(keeper.run(pending()));
        sleep(Duration::from_millis(500)).await;
        assert_eq!(budget.tokens(), 10);

        server.kill();
        sleep(Duration::from_secs(2)).await;
        calls(budget.clone(), 200).await;
        assert!(
            budget.is_local() && budget.local_retries() > 0,
            "{budget:?}"
        );

        server.start_again();
        sleep(Duration::from_secs(3)).await;
        assert_eq!(budget.tokens(), 20, "{budget:?}"); // 10, and 20 for 200 calls, of which a lease has 20
        calls(budget.clone(), 1).await;
        assert!(!budget.is_local(), "{budget:?}");
    }
}
