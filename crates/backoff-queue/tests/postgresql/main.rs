//! A queue in a table of PostgreSQL, against a real server.

mod queue;
mod server;

use std::time::{Duration, Instant};

use backoff_queue::settlement_table::{CASES, Case};
use backoff_queue::{Policy, Settlement};
use futures_util::future::join_all;
use tokio::time::sleep;
use tokio_postgres::Client;

use queue::{Message, Queue};
use server::Server;

/// A lease that no delay of a loaded machine exceeds, in microseconds.
const MINUTE: i64 = 60_000_000;

#[tokio::test]
async fn a_message_is_settled_as_the_table_says() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = server.connect().await;
    join_all(CASES.iter().map(|case| run_case(&client, case))).await;
    assert_eq!(count(&client, "messages").await, 0);
}

async fn run_case(client: &Client, case: &Case) {
    let queue = Queue::open(client, case.name, case.policy, MINUTE)
        .await
        .expect("tables");
    queue.publish(case.name).await.expect("published");
    let mut due = Instant::now();
    for step in case.steps {
        let message = next(&queue, case.name).await;
        assert!(Instant::now() >= due, "{}: too early", case.name);
        assert_eq!(message.body, case.name);
        let began = Instant::now();
        let settled = queue.settle(&message, step.failure, "reset", 1 << 31).await;
        let settlement = settled.expect("settled");
        assert!(
            step.expected.allows(settlement),
            "{}: {settlement}",
            case.name
        );
        if let Settlement::Redeliver { after, .. } = settlement {
            due = began + after;
        }
    }
    sleep(Duration::from_millis(300)).await;
    assert!(
        queue.take().await.expect("asked").is_none(),
        "{}: once more",
        case.name
    );
}

async fn next(queue: &Queue<'_>, what: &str) -> Message {
    for _ in 0..4_000 {
        if let Some(message) = queue.take().await.expect("asked") {
            return message;
        }
        sleep(Duration::from_millis(5)).await;
    }
    panic!("{what}: not delivered");
}

async fn count(client: &Client, table: &str) -> i64 {
    let row = client
        .query_one(&format!("select count(*) from {table}"), &[])
        .await;
    row.expect("a count").get(0)
}

#[tokio::test]
async fn a_message_that_crashes_its_workers_is_dead_lettered_with_its_reason() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = server.connect().await;
    let policy = Policy::DEFAULT.with_max_attempts(1);
    let queue = Queue::open(&client, "orders", policy, 2_000_000)
        .await
        .expect("tables");
    queue.publish("poison").await.expect("published");
    let crashed = next(&queue, "poison").await;
    sleep(Duration::from_millis(2_100)).await;
    assert!(queue.take().await.expect("asked").is_none());
    let row = client
        .query_one("select body, reason, deliveries from dead_letters", &[])
        .await;
    let row = row.expect("one dead letter");
    let found: (&str, &str, i64) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(found, ("poison", "all attempts are used up", 2));

    // The first worker was only slow: what it says now changes nothing.
    let _ = queue.settle(&crashed, None, "", 7).await.expect("settled");
    assert_eq!(count(&client, "dead_letters").await, 1);
}

#[tokio::test]
async fn two_workers_never_have_the_same_message() {
    let Some(server) = Server::start() else {
        return;
    };
    let clients = join_all((0..4).map(|_| server.connect())).await;
    let policy = Policy::DEFAULT;
    let first = Queue::open(&clients[0], "orders", policy, MINUTE)
        .await
        .expect("tables");
    for number in 0..200 {
        first.publish(&number.to_string()).await.expect("published");
    }
    let workers = clients.iter().map(async |client| {
        let queue = Queue::open(client, "orders", policy, MINUTE)
            .await
            .expect("tables");
        let mut bodies = Vec::new();
        while let Some(message) = queue.take().await.expect("asked") {
            let _ = queue.settle(&message, None, "", 7).await.expect("settled");
            bodies.push(message.body);
        }
        bodies
    });
    let mut bodies = join_all(workers).await.concat();
    bodies.sort_by_key(|body| body.parse::<u32>().expect("a number"));
    assert!(
        bodies
            .iter()
            .enumerate()
            .all(|(number, body)| number.to_string() == *body)
    );
    assert_eq!(
        (bodies.len(), count(&clients[0], "messages").await),
        (200, 0)
    );
}
