use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::pull::Stream;
use async_nats::jetstream::{Message, stream};
use backoff_nats::{Policy, Redelivery, Settlement};
use backoff_queue::settlement_table::{CASES, Case, Expected, Step};
use futures_util::StreamExt;
use futures_util::future::join_all;
use tokio::time::timeout;

use crate::world::{Fails, World, consumer, with_each_server};

type Settles = Redelivery<Policy, fn(&Fails) -> backoff_nats::Failure>;

/// How a message waits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Waits {
    Counted,
    Noted,
    Scheduled,
}

#[tokio::test]
async fn by_every_server_and_in_every_way_to_wait() {
    with_each_server(async |world| {
        for waits in [Waits::Counted, Waits::Noted, Waits::Scheduled] {
            if waits != Waits::Scheduled || world.schedules() {
                run_table(&world, waits).await;
            }
        }
    })
    .await;
}

async fn run_table(world: &World, waits: Waits) {
    let name = format!("{waits:?}");
    let stream = world.stream(&name).await;
    world.stream(&format!("Dead{waits:?}")).await;
    let notes = world.bucket(&format!("Notes{waits:?}")).await;
    let applies = |case: &&Case| waits != Waits::Counted || !case.needs_progress;
    let cases = CASES
        .iter()
        .filter(applies)
        .enumerate()
        .map(|(number, case)| {
            let redelivery = Redelivery::new(case.policy)
                .when(Fails::failure as fn(&Fails) -> _)
                .dead_letters(format!("Dead{waits:?}.{number}"));
            let redelivery = match waits {
                Waits::Counted => redelivery,
                Waits::Noted => redelivery.with_notes(notes.clone()),
                Waits::Scheduled => redelivery.scheduled(format!("{name}.wait.{number}")),
            };
            run_case(
                world,
                &stream,
                redelivery,
                case,
                format!("{name}.new.{number}"),
                number,
            )
        });
    join_all(cases).await;
    let dead = CASES.iter().filter(applies).filter(|case| {
        matches!(
            case.steps.last().expect("a step").expected,
            Expected::DeadLettered(_)
        )
    });
    let letters = world.messages(&format!("Dead{waits:?}")).await;
    assert_eq!(
        letters,
        u64::try_from(dead.count()).expect("few"),
        "{waits:?}"
    );
}

async fn run_case(
    world: &World,
    stream: &stream::Stream,
    redelivery: Settles,
    case: &Case,
    subject: String,
    number: usize,
) {
    let what = format!("{:?} {}: {}", world.version, subject, case.name);
    let mut consumer = consumer(stream, &redelivery, &format!("c{number}"), &subject).await;
    let mut messages = consumer.messages().await.expect("messages");
    world.publish(&subject, case.name).await;
    let mut due = Instant::now();
    for step in case.steps {
        let message = next(&mut messages, &what).await;
        assert!(Instant::now() >= due, "{what}: too early");
        assert_eq!(message.payload, case.name, "{what}");
        let began = Instant::now();
        let settlement = settle(&redelivery, &message, step, &what).await;
        if let Settlement::Redeliver { after, .. } = settlement {
            due = began + after;
        }
    }
    let more = timeout(Duration::from_millis(250), messages.next()).await;
    assert!(more.is_err(), "{what}: delivered once more");
    let info = consumer.info().await.expect("its state");
    assert_eq!(info.num_ack_pending, 0, "{what}");
}

async fn next(messages: &mut Stream, what: &str) -> Message {
    let message = timeout(Duration::from_secs(20), messages.next()).await;
    let message = message.unwrap_or_else(|_| panic!("{what}: not delivered"));
    message.expect("no end").expect("a message")
}

async fn settle(redelivery: &Settles, message: &Message, step: &Step, what: &str) -> Settlement {
    assert!(
        redelivery.accept(message).await.expect("accepted"),
        "{what}"
    );
    let outcome = async { step.failure.map_or(Ok(()), |failure| Err(Fails(failure))) };
    let outcome = redelivery.attempt(message, outcome).await;
    let settlement = redelivery.settle(message, &outcome).await.expect("settled");
    assert!(step.expected.allows(settlement), "{what}: {settlement}");
    settlement
}
