//! Batches: rounds, and operations that run a few at a time and may be cancelled, against a model of each item.

mod model;

use core::cell::RefCell;
use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{Failure, GiveUp, Policy, Unlimited};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{
    Attempts, Clock, Event, Handler, NoObserver, Pacing, Report, Sleeper, Slot, Uninterrupted,
    WithRandom,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use self::model::{Item, Model};
use crate::Check;
use crate::input::{self, Plan};
use crate::retry_state::Setting;

/// Items under a policy, what becomes of their attempts, and what is done with the batch.
#[derive(Arbitrary, Debug)]
pub struct Case {
    setting: Setting,
    seed: u64,
    apart: bool,
    /// For each item, the attempts that fail; the one after them succeeds.
    scripts: Vec<Vec<Attempt>>,
    /// How many slots there are more than items.
    surplus: i8,
    operations: Vec<Operation>,
    /// How the items are tried in the end.
    way: Way,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Attempt {
    #[arbitrary(with = input::duration)]
    takes: Duration,
    #[arbitrary(with = input::failure)]
    failure: Failure,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Operation {
    /// The time goes on.
    Advance(#[arbitrary(with = input::duration)] Duration),
    /// A round is given up before its outcomes are known.
    Drop,
    /// A round, after which not everyone waits.
    Round {
        #[arbitrary(with = input::duration)]
        takes: Duration,
        waits: bool,
    },
    /// Operations, which are cancelled after some time.
    Run(Way, #[arbitrary(with = input::duration)] Duration),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Way {
    Each(u8),
    EachOfTwo,
    Rounds,
}

type Outcome = Result<(), Failure>;
type Batch<'b, 'c> = backoff_driver::Batch<'b, usize, Outcome, Call<'c>>;
type Call<'c> =
    Attempts<&'c Policy<&'c Plan>, WithRandom<VirtualClock, Xoshiro128PlusPlus>, Calls<'c>>;
type Calls<'c> =
    Handler<fn(&Failure) -> Failure, (NoObserver, Observer<'c>), Report, Unlimited, Uninterrupted>;
type Observer<'c> = Box<dyn FnMut(&Event<'_, Outcome>) + 'c>;

impl Check for Case {
    fn check(&self) {
        let (clock, policy) = (VirtualClock::new(), self.setting.policy());
        let random = |item: &usize| Xoshiro128PlusPlus::seed_from_u64(self.seed ^ *item as u64);
        let items: Vec<usize> = (0..self.scripts.len()).collect();
        let count = items.len().saturating_add_signed(self.surplus.into());
        let pairs = items.iter().take(count);
        let model = pairs.map(|item| Item::new(&policy, random(item)));
        let pacing = if self.apart {
            Pacing::Apart
        } else {
            Pacing::Together
        };
        let run = Run {
            scripts: &self.scripts,
            clock: &clock,
            model: RefCell::new(Model::new(pacing, model.collect())),
        };
        let slot = |item| {
            let runtime = WithRandom::new(clock.clone(), random(&item));
            let classifier = (|failure| *failure) as fn(&Failure) -> Failure;
            let attempts = Attempts::new(&policy, runtime).when(classifier);
            let attempts = attempts.with_observer(run.observer(item));
            Slot::new(attempts.uninterrupted())
        };
        let mut slots: Vec<Slot<Outcome, Call<'_>>> = (0..count).map(slot).collect();
        run.replay(
            self,
            &mut Batch::new(&items, &mut slots).with_pacing(pacing),
        );
        run.check_slots(&slots);
    }
}

struct Run<'c> {
    scripts: &'c [Vec<Attempt>],
    clock: &'c VirtualClock,
    model: RefCell<Model<'c>>,
}

impl<'c> Run<'c> {
    /// Tells the model of a call that ends at its deadline.
    fn observer<'r: 'c>(&'r self, item: usize) -> Observer<'r> {
        Box::new(move |event| {
            if let Event::GaveUp {
                reason: GiveUp::Deadline,
                ..
            } = event
            {
                let mut model = self.model.borrow_mut();
                model.end_at_deadline(item, self.clock.now());
            }
        })
    }

    fn replay(&self, case: &Case, batch: &mut Batch<'_, '_>) {
        for operation in &case.operations {
            match *operation {
                Operation::Advance(by) => self.clock.advance(by),
                Operation::Drop => self.drop_round(batch),
                Operation::Round { takes, waits } => {
                    self.round(batch, takes, waits);
                }
                Operation::Run(way, cut) => self.run(batch, way, Some(cut)),
            }
        }
        self.run(batch, case.way, None);
        assert!(batch.round().is_none(), "an outcome is not final");
    }

    fn drop_round(&self, batch: &mut Batch<'_, '_>) {
        let expected = self.model.borrow_mut().begin_round(self.clock.now());
        let round = batch.round();
        let items = round.iter().flat_map(|round| round.items());
        assert!(items.eq(&expected), "not {expected:?}");
    }

    /// A round that takes so long, and the wait after it; `false` where there is none left.
    fn round(&self, batch: &mut Batch<'_, '_>, takes: Duration, waits: bool) -> bool {
        let expected = self.model.borrow_mut().begin_round(self.clock.now());
        let Some(round) = batch.round() else {
            assert!(expected.is_empty(), "no round for {expected:?}");
            return false;
        };
        assert!(round.items().eq(&expected), "{round:?}, not {expected:?}");
        self.clock.advance(takes);
        let pause = round.pause_after(|item| self.settle(*item));
        let until = self.model.borrow().until();
        assert_eq!(pause.is_some(), until.is_some());
        if let (Some(pause), Some(until), true) = (pause, until, waits) {
            let expected = until.max(self.clock.now());
            self.clock.block_on(pause);
            assert_eq!(self.clock.now(), expected);
        }
        true
    }

    /// Goes on until every outcome is final, or is cut off.
    fn run(&self, batch: &mut Batch<'_, '_>, way: Way, cut: Option<Duration>) {
        let attempt = |item: &usize| self.attempt(*item);
        let begin = |limit| {
            let mut model = self.model.borrow_mut();
            model.begin_run(self.clock.now(), limit);
        };
        match way {
            Way::Each(limit) => {
                begin(usize::from(limit).max(1));
                self.cut(batch.each(limit.into(), attempt), cut);
            }
            Way::EachOfTwo => {
                begin(2);
                self.cut(batch.each_of::<2, _, _>(attempt), cut);
            }
            Way::Rounds => while self.round(batch, Duration::ZERO, true) && cut.is_none() {},
        }
    }

    fn cut(&self, run: impl Future<Output = ()>, after: Option<Duration>) {
        let cut = async {
            match after {
                Some(after) => self.clock.sleep(after).await,
                None => pending().await,
            }
        };
        let (mut run, mut cut) = (pin!(run), pin!(cut));
        self.clock.block_on(poll_fn(|cx| {
            if run.as_mut().poll(cx).is_ready() || cut.as_mut().poll(cx).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
    }

    /// An attempt that takes its time, and notes when it begins, ends or is cancelled.
    fn attempt(&self, item: usize) -> impl Future<Output = Outcome> {
        let now = self.clock.now();
        self.model.borrow_mut().set_out(item, now);
        let guard = Guard { run: self, item };
        async move {
            let takes = self.script(item).map_or(Duration::ZERO, |next| next.takes);
            self.clock.sleep(takes).await;
            let outcome = self.settle(item);
            drop(guard);
            outcome
        }
    }

    fn settle(&self, item: usize) -> Outcome {
        let outcome = self.script(item).map_or(Ok(()), |next| Err(next.failure));
        let mut model = self.model.borrow_mut();
        model.settle(item, outcome, self.clock.now());
        outcome
    }

    /// What the script of an item says of its next attempt.
    fn script(&self, item: usize) -> Option<Attempt> {
        let attempts = self.model.borrow().attempts(item);
        self.scripts[item].get(attempts).copied()
    }

    fn check_slots(&self, slots: &[Slot<Outcome, Call<'_>>]) {
        let model = self.model.borrow();
        for (item, slot) in slots.iter().take(self.scripts.len()).enumerate() {
            model.check_report(item, &slot.report());
            let last = model.attempts(item) - 1;
            let next = self.scripts[item].get(last);
            assert_eq!(
                slot.outcome(),
                Some(&next.map_or(Ok(()), |next| Err(next.failure)))
            );
        }
        assert!(
            slots
                .iter()
                .skip(self.scripts.len())
                .all(|slot| slot.outcome().is_none())
        );
    }
}

/// Tells the model of an operation that is dropped.
struct Guard<'r, 'c> {
    run: &'r Run<'c>,
    item: usize,
}

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        self.run.model.borrow_mut().cancel(self.item);
    }
}
