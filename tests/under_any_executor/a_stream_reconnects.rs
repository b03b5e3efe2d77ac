//! A stream over connections: what its consumer sees, and what its observer is told.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use backoff_core::{EveryError, GiveUp, Jitter, Policy, TokenBudget, values};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, Attempts, Completion, Event, Sleeper};
use backoff_tokio::Tokio;
use futures_util::stream::FusedStream;
use futures_util::{Stream, StreamExt, stream};

use crate::{Error, embassy, ms, on_embassy};

type Item = Result<u32, Error>;

/// A connection: an error, or what it yields before it ends.
type Connection = Result<Vec<Item>, Error>;

/// Waits of 10 ms, 20 ms, 40 ms, ..
const POLICY: Policy = Policy::exponential(ms(10), Duration::from_secs(1))
    .with_jitter(Jitter::None)
    .with_max_attempts(4);

/// Connections, whether their end is a failure, and what is seen of them.
type Case<'c> = (
    &'c [Connection],
    bool,
    &'c [Item],
    &'c [&'c str],
    Completion,
);

/// What these connections yield as one stream, and the events.
async fn joined<R: Sleeper>(
    runtime: R,
    connections: &[Connection],
    ends_are_failures: bool,
) -> (Vec<Item>, Vec<&'static str>, Option<Completion>) {
    let (events, next) = (RefCell::new(Vec::new()), Cell::new(0));
    let connect = async || {
        let connection = connections.get(next.get()).cloned();
        next.set(next.get() + 1);
        connection.unwrap_or(Err(Error::Refused)).map(stream::iter)
    };
    let items = Attempts::new(&POLICY, runtime)
        .when(values(move |()| ends_are_failures).or(EveryError))
        .on_event(|event: &Event<'_, Result<(), Error>>| {
            events.borrow_mut().push(match event {
                Event::GaveUp { .. } => "gave up",
                Event::Retrying { .. } => "retrying",
                Event::Succeeded { .. } => "succeeded",
                _ => "another",
            });
        })
        .reconnecting(connect);
    let mut items = pin!(items);
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(item);
    }
    assert!(
        items.is_terminated() && items.next().await.is_none(),
        "it stays at its end"
    );
    let completion = items.attempts().report().completion();
    (seen, events.take(), completion)
}

async fn is_joined<R: Sleeper>(runtime: impl Fn() -> R) {
    let (refused, closed) = (Err(Error::Refused), Err(Error::Closed));
    let gave_up = Completion::GaveUp(GiveUp::Attempts);
    let accepted = Completion::Accepted;
    let cases: [Case; 6] = [
        // An error is retried, and the items before it are yielded.
        (
            &[
                Ok(vec![Ok(1), Ok(2), closed]),
                Err(Error::Refused),
                Ok(vec![Ok(3)]),
            ],
            false,
            &[Ok(1), Ok(2), Ok(3)],
            &["retrying", "retrying", "succeeded"],
            accepted,
        ),
        // The end of a connection is the end of the stream,
        (&[Ok(vec![])], false, &[], &["succeeded"], accepted),
        // or a failure, if the classifier says so: the stream then ends without an error.
        (
            &[
                Ok(vec![Ok(1)]),
                Ok(vec![]),
                Ok(vec![Ok(2)]),
                Ok(vec![Ok(3)]),
            ],
            true,
            &[Ok(1), Ok(2), Ok(3)],
            &["retrying", "retrying", "retrying", "gave up"],
            gave_up,
        ),
        // The last error is the last item.
        (
            &[],
            false,
            &[refused],
            &["retrying", "retrying", "retrying", "gave up"],
            gave_up,
        ),
        (
            &[
                Err(Error::Refused),
                Ok(vec![closed]),
                Ok(vec![closed]),
                Ok(vec![Ok(4), closed]),
            ],
            false,
            &[Ok(4), closed],
            &["retrying", "retrying", "retrying", "gave up"],
            gave_up,
        ),
        // What follows an error of a connection is not asked for.
        (
            &[Ok(vec![closed, Ok(9)]), Ok(vec![])],
            false,
            &[],
            &["retrying", "succeeded"],
            accepted,
        ),
    ];
    for (connections, ends_are_failures, items, events, completion) in cases {
        let seen = joined(runtime(), connections, ends_are_failures).await;
        let expected = (items.to_vec(), events.to_vec(), Some(completion));
        assert_eq!(seen, expected, "{connections:?}, {ends_are_failures}");
    }
}

#[test]
fn on_the_virtual_clock() {
    let clock = VirtualClock::new();
    clock.block_on(is_joined(|| clock.clone()));
}

#[tokio::test(start_paused = true)]
async fn on_tokio() {
    is_joined(|| Tokio).await;
}

#[test]
fn on_smol() {
    smol::block_on(is_joined(|| AsyncIo));
}

#[test]
fn on_embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_millis(1);
    embassy::block_on(tick, is_joined(on_embassy));
}

/// The timeout of an attempt is for the opening of a connection. One that is open lasts as long as it likes.
#[test]
fn limits_interrupt_the_opening_only() {
    let clock = VirtualClock::new();
    let made = Cell::new(0);
    let policy = POLICY.with_attempt_timeout(ms(100)).without_deadline();
    let connect = async || {
        made.set(made.get() + 1);
        if made.get() < 3 {
            pending::<()>().await;
        }
        let clock = clock.clone();
        Ok::<_, Error>(stream::once(async move {
            clock.sleep(Duration::from_secs(3600)).await;
            Ok(7)
        }))
    };
    let items = Attempts::new(&policy, clock.clone()).reconnecting(connect);
    let items: Vec<Item> = clock.block_on(items.collect());
    assert_eq!((items, made.get()), (vec![Ok(7)], 3));
}

/// However long it lay about before.
#[tokio::test(start_paused = true)]
async fn the_first_attempt_begins_when_the_stream_is_polled() {
    let policy = POLICY.with_attempt_timeout(ms(100)).without_deadline();
    let (clock, made) = (VirtualClock::new(), Cell::new(0));
    let connect = async || {
        made.set(made.get() + 1);
        tokio::time::sleep(ms(50)).await;
        Ok::<_, Error>(stream::iter([Ok(7)]))
    };
    let mut items = pin!(backoff_tokio::attempts(&policy).reconnecting(connect));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(items.next().await, Some(Ok(7)), "on tokio");
    assert_eq!(
        items.attempts().report().elapsed().as_secs(),
        3600,
        "the call began before"
    );

    let connect = async || {
        made.set(made.get() + 1);
        clock.sleep(ms(50)).await;
        Ok::<_, Error>(stream::iter([Ok(7)]))
    };
    let mut items = pin!(Attempts::new(&policy, clock.clone()).reconnecting(connect));
    clock.advance(Duration::from_secs(3600));
    let item = clock.block_on(items.next());
    assert_eq!((item, made.get()), (Some(Ok(7)), 2), "on the virtual clock");
}

/// The last real error wins over one that is made up.
#[test]
fn at_the_deadline_the_last_real_error_is_the_last_item() {
    let clock = VirtualClock::new();
    let made = Cell::new(0);
    let policy = POLICY.with_deadline(ms(100));
    let connect = async || {
        made.set(made.get() + 1);
        if made.get() > 1 {
            pending::<()>().await;
        }
        Err::<stream::Empty<Item>, _>(Error::Refused)
    };
    let items = Attempts::new(&policy, clock.clone()).reconnecting(connect);
    let (items, report) = clock.block_on(async {
        let mut items = pin!(items);
        (items.next().await, items.attempts().report())
    });
    assert_eq!(items, Some(Err(Error::Refused)));
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    assert_eq!((report.attempts(), report.elapsed()), (2, ms(100)));
}

#[test]
fn a_budget_that_is_empty_ends_it() {
    let (clock, budget) = (VirtualClock::new(), TokenBudget::new(10, 5));
    let connect = async || Err::<stream::Empty<Item>, _>(Error::Refused);
    let items = Attempts::new(&POLICY, clock.clone())
        .with_budget(&budget)
        .reconnecting(connect);
    let (items, report) = clock.block_on(async {
        let mut items = pin!(items);
        (items.next().await, items.attempts().report())
    });
    assert_eq!(items, Some(Err(Error::Refused)));
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Budget))
    );
    assert_eq!(report.attempts(), 3, "two retries, five tokens each");
}

/// It can be spawned, boxed and shared between threads like any stream.
#[tokio::test]
async fn it_is_a_stream_like_any_other() {
    let connect = || async { Ok::<_, Error>(stream::iter([Ok(1), Ok(2)])) };
    let items = backoff_tokio::attempts(POLICY).reconnecting(connect);
    let items: std::pin::Pin<Box<dyn Stream<Item = Item> + Send>> = Box::pin(items);
    let seen = tokio::spawn(items.collect::<Vec<_>>())
        .await
        .expect("joined");
    assert_eq!(seen, [Ok(1), Ok(2)]);
}
