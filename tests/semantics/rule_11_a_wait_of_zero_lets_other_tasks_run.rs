use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use backoff_core::Constant;
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, Attempts, Batch, Pacing, Sleeper, Slot, retry};
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_tokio::{Policy, Tokio};
use futures_util::future::join;
use smol::future::yield_now;

use crate::{Error, embassy};

/// Waits of nothing.
const POLICY: Policy<Constant> = Policy::constant(Duration::ZERO).retry_forever();

/// Attempts that fail before one succeeds.
const FAILURES: usize = 100;

/// The turns that another task has had.
#[derive(Clone, Default)]
struct Turns(Rc<Cell<u32>>);

impl Turns {
    fn take(&self) {
        self.0.set(self.0.get() + 1);
    }
}

/// An operation that never waits, and notes the turns that another task had before each attempt.
struct Operation {
    turns: Turns,
    seen: RefCell<Vec<u32>>,
}

impl Operation {
    fn new(turns: &Turns) -> Self {
        Self {
            turns: turns.clone(),
            seen: RefCell::default(),
        }
    }

    fn attempt(&self) -> Result<(), Error> {
        let mut seen = self.seen.borrow_mut();
        seen.push(self.turns.0.get());
        if seen.len() <= FAILURES {
            Err(Error::Reset)
        } else {
            Ok(())
        }
    }

    fn assert_fair(&self, form: &str) {
        let seen = self.seen.borrow();
        assert_eq!(seen.len(), FAILURES + 1, "{form}");
        let is_fair = seen.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(is_fair, "{form}: {seen:?}");
    }
}

/// Makes a call in each form, beside another task.
async fn in_each_form<R: Sleeper>(runtime: impl Fn() -> R, turns: Turns) {
    let operation = Operation::new(&turns);
    let call = retry(&POLICY, runtime(), async || operation.attempt());
    assert_eq!(call.await, Ok(()));
    operation.assert_fair("retry");

    let operation = Operation::new(&turns);
    let call = retry(&POLICY, runtime(), async || operation.attempt());
    assert_eq!(call.uninterrupted().await, Ok(()));
    operation.assert_fair("retry, uninterrupted");

    let attempts = || Attempts::new(&POLICY, runtime());
    let operation = Operation::new(&turns);
    let call = attempts().run(async || operation.attempt()).await;
    assert_eq!(call, Ok(()));
    operation.assert_fair("run");

    let (operation, mut call) = (Operation::new(&turns), attempts());
    while let Some(pause) = call.pause_after(&operation.attempt()) {
        pause.await;
    }
    operation.assert_fair("the loop");

    let (operation, mut call) = (Operation::new(&turns), attempts());
    loop {
        let outcome = call.limit(async { operation.attempt() }).await;
        let Some(pause) = call.pause_after(&outcome) else {
            break;
        };
        pause.await;
    }
    operation.assert_fair("the loop with limits");

    for pacing in [Pacing::Apart, Pacing::Together] {
        let (operation, mut slots) = (Operation::new(&turns), [Slot::new(attempts())]);
        let mut batch = Batch::new(&[()], &mut slots).with_pacing(pacing);
        batch.each(1, async |()| operation.attempt()).await;
        operation.assert_fair(&format!("a batch, {pacing:?}"));
    }
}

/// Makes the calls on one task with another future, which takes its turn whenever they wait.
async fn beside_another<R: Sleeper>(runtime: impl Fn() -> R) {
    let (turns, is_over) = (Turns::default(), Cell::new(false));
    let calls = async {
        in_each_form(runtime, turns.clone()).await;
        is_over.set(true);
    };
    let other = async {
        while !is_over.get() {
            turns.take();
            yield_now().await;
        }
    };
    join(calls, other).await;
}

#[test]
fn on_the_virtual_clock() {
    let clock = VirtualClock::new();
    clock.block_on(beside_another(|| clock.clone()));
}

#[tokio::test(start_paused = true)]
async fn on_tokio_with_its_clock_paused() {
    beside_another(|| Tokio).await;
}

#[test]
fn on_async_std() {
    async_std::task::block_on(beside_another(|| AsyncIo));
}

#[test]
fn on_embassy() {
    let runtime = || Embassy::new(Xoshiro128PlusPlus::seed_from_u64(1));
    let tick = embassy_time::Duration::from_ticks(1);
    embassy::block_on(tick, beside_another(runtime));
}

#[tokio::test]
async fn between_the_tasks_of_tokio() {
    let turns = Turns::default();
    let tasks = tokio::task::LocalSet::new();
    let other = turns.clone();
    tasks.spawn_local(async move {
        loop {
            other.take();
            yield_now().await;
        }
    });
    tasks.run_until(in_each_form(|| Tokio, turns)).await;
}

#[test]
fn between_the_tasks_of_smol() {
    let (turns, executor) = (Turns::default(), smol::LocalExecutor::new());
    let other = turns.clone();
    let other = executor.spawn(async move {
        loop {
            other.take();
            yield_now().await;
        }
    });
    let calls = executor.spawn(in_each_form(|| AsyncIo, turns));
    smol::block_on(executor.run(calls));
    drop(other);
}
