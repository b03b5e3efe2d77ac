//! An operation per item, a few at a time.

use std::cell::{Cell, RefCell};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use backoff_core::Policy;
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Batch, Clock, Pacing, Runtime, Sleeper, Slot};
use futures_util::{StreamExt, stream};

use crate::Refusal::{Busy, Reset};
use crate::{POLICY, Refusal, classify, seconds};

#[test]
fn no_more_than_the_limit_are_under_way() {
    for (limit, expected) in [(0, 1), (1, 1), (3, 3), (10, 10), (99, 10)] {
        for pacing in [Pacing::Apart, Pacing::Together] {
            let clock = VirtualClock::new();
            let (under_way, most) = (Cell::new(0), Cell::new(0));
            let items = [(); 10];
            let attempts = |()| Attempts::new(&POLICY, clock.clone()).uninterrupted();
            let mut slots = items.map(attempts).map(Slot::new);
            let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
            clock.block_on(batch.each(limit, async |()| {
                under_way.set(under_way.get() + 1);
                most.set(most.get().max(under_way.get()));
                clock.sleep(seconds(1)).await;
                under_way.set(under_way.get() - 1);
                Err::<(), ()>(())
            }));
            assert_eq!(most.get(), expected, "a limit of {limit}, {pacing:?}");
            let attempts = slots.map(|slot| slot.report().attempts());
            assert_eq!(attempts, [3; 10], "a limit of {limit}, {pacing:?}");
        }
    }
}

/// Seconds and items.
type Times = [(u64, usize)];

/// When each item was tried, in seconds, where its first attempt comes to this and takes a second.
fn times(pacing: Pacing, limit: usize, first: &[Result<(), Refusal>]) -> Vec<(u64, usize)> {
    let clock = VirtualClock::new();
    let times = RefCell::new(Vec::new());
    let items: Vec<usize> = (0..first.len()).collect();
    let attempts = |_| {
        Attempts::new(&POLICY, clock.clone())
            .when(classify)
            .uninterrupted()
    };
    let mut slots: Vec<_> = items.iter().map(attempts).map(Slot::new).collect();
    let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
    clock.block_on(batch.each(limit, async |item| {
        let is_first = times.borrow().iter().all(|(_, other)| other != item);
        times.borrow_mut().push((clock.now().as_secs(), *item));
        clock.sleep(seconds(1)).await;
        if is_first { first[*item] } else { Ok(()) }
    }));
    assert!(slots.iter().all(|slot| slot.outcome() == Some(&Ok(()))));
    times.take()
}

#[test]
fn an_item_that_waits_takes_no_place() {
    let first = [Err(Busy(5)), Err(Reset), Ok(()), Err(Busy(1))];
    let cases: &[(Pacing, usize, &Times)] = &[
        // The first item waits from 1 to 6, the second from 2 to 3, and the last from 4 to 5.
        (
            Pacing::Apart,
            1,
            &[(0, 0), (1, 1), (2, 2), (3, 3), (4, 1), (5, 3), (6, 0)],
        ),
        (
            Pacing::Apart,
            2,
            &[(0, 0), (0, 1), (1, 2), (1, 3), (2, 1), (3, 3), (6, 0)],
        ),
        (
            Pacing::Apart,
            9,
            &[(0, 0), (0, 1), (0, 2), (0, 3), (2, 1), (2, 3), (6, 0)],
        ),
        // The longest wait ends at 6.
        (
            Pacing::Together,
            1,
            &[(0, 0), (1, 1), (2, 2), (3, 3), (6, 0), (7, 1), (8, 3)],
        ),
        (
            Pacing::Together,
            9,
            &[(0, 0), (0, 1), (0, 2), (0, 3), (6, 0), (6, 1), (6, 3)],
        ),
    ];
    for (pacing, limit, expected) in cases {
        assert_eq!(
            times(*pacing, *limit, &first),
            *expected,
            "{pacing:?}, {limit} at a time"
        );
    }
}

#[test]
fn the_report_of_an_item_ends_with_it() {
    let clock = VirtualClock::new();
    let items = [1, 5];
    let attempts = |_| Attempts::new(&POLICY, clock.clone()).uninterrupted();
    let mut slots = items.map(attempts).map(Slot::new);
    let mut batch = Batch::new(&items, &mut slots);
    clock.block_on(batch.each(2, async |takes| {
        clock.sleep(seconds(*takes)).await;
        Ok::<(), ()>(())
    }));
    let elapsed = slots.map(|slot| slot.report().elapsed());
    assert_eq!(elapsed, items.map(seconds));
}

#[test]
fn a_batch_that_was_cancelled_goes_on_where_it_was() {
    for pacing in [Pacing::Apart, Pacing::Together] {
        let clock = VirtualClock::new();
        let items = [1, 2, 9]; // how many seconds each takes
        let attempts = |_| Attempts::new(&POLICY, clock.clone()).uninterrupted();
        let mut slots = items.map(attempts).map(Slot::new);
        let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
        let calls = Cell::new([0; 10]);
        let operation = async |item: &u32| {
            let mut counts = calls.get();
            counts[*item as usize] += 1;
            calls.set(counts);
            clock.sleep(seconds(u64::from(*item))).await;
            if *item == 2 && counts[2] == 1 {
                Err(())
            } else {
                Ok(())
            }
        };
        {
            let mut cancelled = pin!(batch.each(3, operation));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..3 {
                assert_eq!(cancelled.as_mut().poll(&mut context), Poll::Pending);
                clock.advance(seconds(1));
            }
        }
        clock.block_on(batch.each(3, operation));
        assert!(
            slots.iter().all(|slot| slot.outcome() == Some(&Ok(()))),
            "{pacing:?}"
        );
        assert_eq!(
            calls.get()[..],
            [0, 1, 2, 0, 0, 0, 0, 0, 0, 2],
            "{pacing:?}"
        );
    }
}

#[test]
fn so_many_as_the_compiler_knows_need_no_allocator() {
    for pacing in [Pacing::Apart, Pacing::Together] {
        let items: [u32; 5] = [0, 1, 2, 3, 4];
        let calls = Cell::new(0);
        let counted = allocation_counter::measure(|| {
            let attempts = |_| Attempts::new(&POLICY, Frozen).uninterrupted();
            let mut slots = items.map(attempts).map(Slot::new);
            let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
            let mut done = pin!(batch.each_of::<2, _, _>(|item| {
                calls.set(calls.get() + 1);
                ready(if *item == 3 { Err(()) } else { Ok(*item) })
            }));
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(done.as_mut().poll(&mut context), Poll::Ready(()));
        });
        assert_eq!((calls.get(), counted.count_total), (7, 0), "{pacing:?}");
    }
}

/// A clock whose waits are over at once.
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> std::time::Duration {
        std::time::Duration::from_secs(3600)
    }
}

impl Runtime for Frozen {
    fn random(&mut self) -> u32 {
        u32::MAX
    }
}

impl Sleeper for Frozen {
    type Sleep = std::future::Ready<()>;

    fn sleep(&self, _duration: std::time::Duration) -> Self::Sleep {
        ready(())
    }
}

#[test]
fn many_items_come_to_their_end() {
    let clock = VirtualClock::new();
    let items: Vec<u32> = (0..2_000).collect();
    for pacing in [Pacing::Apart, Pacing::Together] {
        let attempts = |_| Attempts::new(&Policy::DEFAULT, clock.clone()).uninterrupted();
        let mut slots: Vec<_> = items.iter().map(attempts).map(Slot::new).collect();
        let calls = RefCell::new(vec![0; items.len()]);
        let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
        clock.block_on(batch.each(50, async |item| {
            clock
                .sleep(std::time::Duration::from_millis(u64::from(*item % 7)))
                .await;
            let mut calls = calls.borrow_mut();
            calls[*item as usize] += 1;
            // An item fails as often as its last digit says, up to five times.
            if calls[*item as usize] > *item % 6 {
                Ok(())
            } else {
                Err(())
            }
        }));
        for (item, slot) in items.iter().zip(&slots) {
            let expected = if item % 6 == 5 { Err(()) } else { Ok(()) };
            assert_eq!(slot.outcome(), Some(&expected), "item {item}, {pacing:?}");
            assert_eq!(
                slot.report().attempts(),
                (item % 6 + 1).min(5),
                "item {item}, {pacing:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_spawned_on_a_multi_thread_runtime() {
    let policy = Policy::constant(std::time::Duration::from_millis(1));
    let task = tokio::spawn(async move {
        let items: Vec<u32> = (0..8).collect();
        let attempts = |_| backoff_tokio::attempts(&policy).uninterrupted();
        let mut slots: Vec<_> = items.iter().map(attempts).map(Slot::new).collect();
        let mut batch = Batch::new(&items, &mut slots).with_pacing(Pacing::Apart);
        batch
            .each(3, |item| async move {
                tokio::task::yield_now().await;
                Ok::<_, ()>(*item)
            })
            .await;
        slots
            .into_iter()
            .filter_map(Slot::into_outcome)
            .flatten()
            .sum::<u32>()
    });
    assert_eq!(task.await.expect("joined"), 28);
}

#[test]
fn a_stream_of_calls_needs_nothing_from_here() {
    let clock = VirtualClock::new();
    let calls = Cell::new(0);
    let fetch = |item: u32| {
        calls.set(calls.get() + 1);
        ready(if calls.get() % 3 == 0 {
            Err(())
        } else {
            Ok(item)
        })
    };
    let call =
        |item| backoff_driver::retry(&POLICY, clock.clone(), move || fetch(item)).uninterrupted();
    let outcomes = stream::iter(0..9).map(call).buffered(4).collect::<Vec<_>>();
    assert!(clock.block_on(outcomes).into_iter().eq((0..9).map(Ok)));
    assert_eq!(calls.get(), 13);
}
