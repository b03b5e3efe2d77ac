use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, Message};
use backoff_nats::{Failure, MessageEventKind, Policy, Redelivery, Worker};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::world::{Fails, World, connect, consumer, with_each_server};

const HINT: Duration = Duration::from_secs(4);
const MESSAGES: u32 = 12;

static POLICY: Policy = Policy::DEFAULT.without_deadline();

/// When each message failed and succeeded, and how often one was handed back.
#[derive(Clone)]
struct Seen {
    attempts: Arc<Mutex<HashMap<String, Vec<Instant>>>>,
    handed_back: Arc<Mutex<u32>>,
    ended: Arc<Semaphore>,
}

impl Seen {
    fn new() -> Self {
        Self {
            attempts: Arc::default(),
            handed_back: Arc::default(),
            ended: Arc::new(Semaphore::new(0)),
        }
    }

    /// Fails with a hint at the first attempt, and succeeds at the second.
    fn attempt(&self, message: &Message) -> Result<(), Fails> {
        let key = String::from_utf8_lossy(&message.payload).into_owned();
        let mut attempts = self.attempts.lock().expect("not poisoned");
        let times = attempts.entry(key).or_default();
        times.push(Instant::now());
        self.ended.add_permits(1);
        match times.len() {
            1 => Err(Fails(Failure::throttled().with_retry_after(HINT))),
            _ => Ok(()),
        }
    }

    async fn wait_for_attempts(&self, attempts: u32) {
        let permits = self.ended.acquire_many(attempts).await;
        permits.expect("open").forget();
    }
}

#[tokio::test]
async fn whichever_worker_gets_the_message() {
    with_each_server(async |mut world| {
        for scheduled in [false, true] {
            if !scheduled || world.schedules() {
                hints_hold(&mut world, scheduled).await;
            }
        }
    })
    .await;
}

async fn hints_hold(world: &mut World, scheduled: bool) {
    let name = if scheduled { "scheduled" } else { "noted" };
    let stream = world.stream(name).await;
    let notes = world.bucket(&format!("notes-{name}")).await;
    let seen = Seen::new();
    let counts = seen.clone();
    let redelivery = Redelivery::new(&POLICY)
        .when(Fails::failure as fn(&Fails) -> _)
        .with_ack_wait(Duration::from_secs(1)) // what a server that forgot a delay goes by
        .on_event(move |event| {
            if matches!(event.kind, MessageEventKind::HandedBack(_)) {
                *counts.handed_back.lock().expect("not poisoned") += 1;
            }
        });
    let redelivery = if scheduled {
        redelivery.scheduled(format!("{name}.wait"))
    } else {
        redelivery.with_notes(notes)
    };
    consumer(&stream, &redelivery, "c", &format!("{name}.new")).await;
    let mut workers = Vec::new();
    for _ in 0..2 {
        let (seen, redelivery) = (seen.clone(), redelivery.clone());
        let jetstream = jetstream::new(connect(&world.server.url()).await);
        let consumer = jetstream.get_consumer_from_stream("c", name).await;
        let worker = Worker::new(redelivery, consumer.expect("a consumer"));
        workers.push(tokio::spawn(async move {
            let process = move |message: Arc<Message>| std::future::ready(seen.attempt(&message));
            worker.run(process, std::future::pending()).await
        }));
    }
    for number in 0..MESSAGES {
        world
            .publish(&format!("{name}.new"), &number.to_string())
            .await;
    }
    seen.wait_for_attempts(MESSAGES).await;
    sleep(Duration::from_millis(300)).await; // they are settled
    world.server.kill();
    world.server.start_again();
    seen.wait_for_attempts(MESSAGES).await;
    check(world, &seen, scheduled);
    for worker in workers {
        worker.abort();
    }
}

fn check(world: &World, seen: &Seen, scheduled: bool) {
    let what = format!("{:?}, scheduled: {scheduled}", world.version);
    let attempts = seen.attempts.lock().expect("not poisoned");
    for (message, times) in &*attempts {
        let [first, second] = times[..] else {
            panic!(
                "{what}: message {message} was attempted {} times",
                times.len()
            );
        };
        assert!(
            second - first >= HINT,
            "{what}: {message} after {:?}",
            second - first
        );
    }
    let handed_back = *seen.handed_back.lock().expect("not poisoned");
    // Otherwise the test shows nothing.
    assert_eq!(
        handed_back > 0,
        !scheduled,
        "{what}: {handed_back} came early"
    );
}
