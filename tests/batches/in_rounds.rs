//! The loop over rounds, for services that take many items in one request.

use std::cell::RefCell;

use backoff_core::{GiveUp, Jitter, Policy, RequestBudget};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Batch, Clock, Completion, Event, Pacing, Sleeper, Slot};

use crate::Refusal::{Busy, Malformed, Reset};
use crate::{POLICY, Refusal, classify, seconds};

type Outcome = Result<(), Refusal>;

/// What the attempts of each item come to.
type Scripts<'s> = [&'s [Outcome]];

/// Seconds and items.
type Requests = [(u64, &'static str)];

/// A service that answers each item by a script, and writes down what it was sent and when, in seconds.
struct Service<'c> {
    clock: &'c VirtualClock,
    requests: RefCell<Vec<(u64, String)>>,
}

impl<'c> Service<'c> {
    fn new(clock: &'c VirtualClock) -> Self {
        Self {
            clock,
            requests: RefCell::default(),
        }
    }

    /// The answer to an item is what its script says of the attempt; the scripts are indexed by `a`, `b`, ..
    fn send(&self, items: impl Iterator<Item = char>, scripts: &[&[Outcome]]) -> Vec<Outcome> {
        let items: String = items.collect();
        let mut requests = self.requests.borrow_mut();
        let answer = |item: char| {
            let earlier = requests.iter().filter(|(_, sent)| sent.contains(item));
            let script = scripts[item as usize - 'a' as usize];
            script[earlier.count().min(script.len() - 1)]
        };
        let answers = items.chars().map(answer).collect();
        requests.push((self.clock.now().as_secs(), items));
        answers
    }
}

/// What a service was sent, and what came of each item.
fn run(pacing: Pacing, scripts: &[&[Outcome]]) -> (Vec<(u64, String)>, Vec<Outcome>) {
    let clock = VirtualClock::new();
    let service = Service::new(&clock);
    let items: Vec<char> = ('a'..).take(scripts.len()).collect();
    let attempts = |_| Attempts::new(&POLICY, clock.clone()).when(classify);
    let mut slots: Vec<_> = items.iter().map(attempts).map(Slot::new).collect();
    let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
    clock.block_on(async {
        while let Some(round) = batch.round() {
            let mut answers = service.send(round.items().copied(), scripts).into_iter();
            let pause = round.pause_after(|_| answers.next().expect("an answer for each"));
            if let Some(pause) = pause {
                pause.await;
            }
        }
    });
    let outcomes = slots
        .into_iter()
        .map(|slot| slot.into_outcome().expect("an outcome"));
    (service.requests.into_inner(), outcomes.collect())
}

#[test]
fn only_the_items_that_failed_are_sent_again() {
    use Pacing::{Apart, Together};
    let (ok, busy, reset, malformed) = (Ok(()), |s| Err(Busy(s)), Err(Reset), Err(Malformed));
    let cases: &[(&str, Pacing, &Scripts<'_>, &Requests)] = &[
        ("nothing to send", Together, &[], &[]),
        ("all succeed", Together, &[&[ok], &[ok]], &[(0, "ab")]),
        (
            "one fails",
            Together,
            &[&[ok], &[reset, ok]],
            &[(0, "ab"), (1, "b")],
        ),
        (
            "one for good",
            Together,
            &[&[malformed], &[reset, ok]],
            &[(0, "ab"), (1, "b")],
        ),
        (
            "all fail",
            Together,
            &[&[reset], &[reset]],
            &[(0, "ab"), (1, "ab"), (3, "ab")],
        ),
        (
            "the longest hint counts for all",
            Together,
            &[&[busy(5), ok], &[busy(9), ok], &[reset, ok]],
            &[(0, "abc"), (9, "abc")],
        ),
        (
            "each has its own hint",
            Apart,
            &[&[busy(5), ok], &[busy(9), ok], &[reset, ok]],
            &[(0, "abc"), (1, "c"), (5, "a"), (9, "b")],
        ),
        (
            "equal waits share a request",
            Apart,
            &[&[reset, reset, ok], &[reset, ok], &[busy(3), ok]],
            &[(0, "abc"), (1, "ab"), (3, "ac")],
        ),
    ];
    for (case, pacing, scripts, expected) in cases {
        let (requests, outcomes) = run(*pacing, scripts);
        let sent: Vec<_> = requests
            .iter()
            .map(|(at, items)| (*at, items.as_str()))
            .collect();
        assert_eq!(sent, *expected, "{case}");
        let last = scripts.iter().map(|script| script[script.len() - 1]);
        assert!(last.eq(outcomes), "{case}");
    }
}

#[test]
fn together_one_random_number_serves_the_round() {
    let clock = VirtualClock::new();
    let policy = Policy::DEFAULT
        .with_jitter(Jitter::Full)
        .with_max_attempts(3);
    let delays = RefCell::new(Vec::new());
    let items = [(); 25];
    let mut slots = items.map(|()| {
        let note = |event: &Event<'_, Result<(), ()>>| {
            if let Event::Retrying { attempt, delay, .. } = event {
                delays.borrow_mut().push((*attempt, *delay));
            }
        };
        Slot::new(Attempts::new(&policy, clock.clone()).on_event(note))
    });
    let mut batch = Batch::new(&items, &mut slots);
    clock.block_on(async {
        while let Some(pause) = batch
            .round()
            .and_then(|round| round.pause_after(|()| Err(())))
        {
            pause.await;
        }
    });
    let mut delays = delays.take();
    assert_eq!(delays.len(), 50);
    delays.dedup();
    assert_eq!(delays.len(), 2, "one delay for each round: {delays:?}");
    assert_eq!(clock.now(), delays[0].1 + delays[1].1);
}

#[test]
fn an_item_whose_wait_would_pass_the_deadline_gives_up_alone() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_deadline(seconds(4));
    let hints = [3, 5];
    let mut slots = hints.map(|_| Slot::new(Attempts::new(&policy, clock.clone()).when(classify)));
    let mut batch = Batch::new(&hints, &mut slots);
    clock.block_on(async {
        while let Some(round) = batch.round() {
            let pause = round.pause_after(|hint| match clock.now().as_secs() {
                0 => Err(Busy(*hint)),
                _ => Ok(()),
            });
            if let Some(pause) = pause {
                pause.await;
            }
        }
    });
    let endings = slots.map(|slot| (slot.report().completion(), slot.report().attempts()));
    let expected = [
        (Some(Completion::Accepted), 2),
        (Some(Completion::GaveUp(GiveUp::Deadline)), 1),
    ];
    assert_eq!(endings, expected);
    assert_eq!(clock.now(), seconds(3));
}

#[test]
fn each_item_is_charged_to_the_budget() {
    let clock = VirtualClock::new();
    let budget = RequestBudget::new(3, seconds(60));
    let items = [(); 2];
    let attempts = || Attempts::new(&POLICY, clock.clone()).with_budget(&budget);
    let mut slots = items.map(|()| Slot::new(attempts()));
    let mut batch = Batch::new(&items, &mut slots);
    clock.block_on(async {
        while let Some(pause) = batch
            .round()
            .and_then(|round| round.pause_after(|()| Err::<(), ()>(())))
        {
            pause.await;
        }
    });
    let endings = slots.map(|slot| (slot.report().attempts(), slot.report().completion()));
    let expected = [
        (3, Some(Completion::GaveUp(GiveUp::Attempts))),
        (2, Some(Completion::GaveUp(GiveUp::Budget))),
    ];
    assert_eq!((endings, budget.retries()), (expected, 0));
}

#[test]
fn a_round_that_is_dropped_leaves_its_items_due() {
    let clock = VirtualClock::new();
    let items = ['a', 'b'];
    let mut slots = items.map(|_| Slot::new(Attempts::new(&POLICY, clock.clone())));
    let mut batch = Batch::new(&items, &mut slots);
    assert!(batch.round().is_some());
    let round = batch.round().expect("a round");
    assert!(round.items().eq(&items));
    assert!(round.pause_after(|_| Ok::<(), ()>(())).is_none());
    assert!(batch.round().is_none());
}

#[test]
fn a_round_that_is_dropped_wakes_nobody_early() {
    let clock = VirtualClock::new();
    for pacing in [Pacing::Apart, Pacing::Together] {
        let hints = [10, 50];
        let attempts = || Attempts::new(&POLICY, clock.clone()).when(classify);
        let mut slots = hints.map(|_| Slot::new(attempts()));
        let mut batch = Batch::new(&hints, &mut slots).with_pacing(pacing);
        let round = batch.round().expect("a round");
        let pause = round.pause_after(|hint| Err::<(), _>(Busy(*hint)));
        clock.block_on(pause.expect("a wait"));
        let mut due = || batch.round().map(|round| round.items().copied().collect());
        let expected = match pacing {
            Pacing::Apart => vec![10],
            Pacing::Together => vec![10, 50],
        };
        assert_eq!(
            [(); 3].map(|()| due()),
            [(); 3].map(|()| Some(expected.clone())),
            "{pacing:?}"
        );
    }
}

#[test]
fn an_item_without_a_slot_and_a_slot_without_an_item_are_left_out() {
    let clock = VirtualClock::new();
    for (items, slots) in [(3, 1), (1, 3)] {
        let items = vec![(); items];
        let slot = |_| Slot::new(Attempts::new(&POLICY, clock.clone()));
        let mut slots: Vec<_> = (0..slots).map(slot).collect();
        let mut batch = Batch::new(&items, &mut slots);
        let round = batch.round().expect("a round");
        assert_eq!(round.items().count(), 1);
        assert!(round.pause_after(|()| Ok::<(), ()>(())).is_none());
        assert!(batch.round().is_none());
    }
}

#[test]
fn nothing_is_allocated() {
    let clock = VirtualClock::new();
    let items: heapless::Vec<u32, 4> = (0..4).collect();
    let mut rounds = 0;
    let counted = allocation_counter::measure(|| {
        let attempts = |_| Attempts::new(&POLICY, clock.clone()).when(classify);
        let mut slots: heapless::Vec<_, 4> = items.iter().map(attempts).map(Slot::new).collect();
        let mut batch = Batch::new(&items, &mut slots);
        while let Some(round) = batch.round() {
            rounds += 1;
            let _pause = round.pause_after(|item| if *item < rounds { Ok(()) } else { Err(Reset) });
        }
        assert_eq!(
            slots
                .iter()
                .filter(|slot| slot.outcome() == Some(&Ok(())))
                .count(),
            3
        );
    });
    assert_eq!((rounds, counted.count_total), (3, 0));
}

#[test]
fn a_request_keeps_to_the_shortest_timeout_of_its_items() {
    let clock = VirtualClock::new();
    let policies = [9, 2, 5].map(|timeout| POLICY.with_attempt_timeout(seconds(timeout)));
    let items = [(); 3];
    let mut slots = policies
        .each_ref()
        .map(|policy| Slot::new(Attempts::new(policy, clock.clone())));
    let mut batch = Batch::new(&items, &mut slots);
    let mut round = batch.round().expect("a round");
    let cut = clock
        .block_on(round.timeout(clock.sleep(seconds(3))))
        .expect_err("timed out");
    assert_eq!((cut.after(), clock.now()), (seconds(2), seconds(2)));
    assert!(round.pause_after(|()| Err::<(), _>(cut)).is_some());
}
