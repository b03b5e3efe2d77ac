//! An operation per item, a few at a time.

#[cfg(not(feature = "std"))]
use core::cell::RefCell as Shared;
use core::future::Future;
use core::time::Duration;
#[cfg(feature = "std")]
use std::sync::Mutex as Shared;

use backoff_core::{Budget, Classify, Schedule};
use rand_core::Rng;

use super::{Batch, Pacing, Slot};
use crate::attempts::Attempts;
use crate::clock::Sleeper;
use crate::event::Observe;
use crate::lock::Lock;
use crate::report::Ledger;

impl<'b, I, O, S, Z, R, C, L, K, B> Batch<'b, I, O, Attempts<'_, S, Z, R, C, L, K, B>>
where
    S: Schedule,
    Z: Sleeper,
    R: Rng,
    C: Classify<O>,
    L: Observe<O>,
    K: Ledger,
    B: Budget,
{
    /// Runs an operation for each item, up to `limit` at the same time, until every item has its final outcome.
    ///
    /// An item that waits takes no place among those. A limit of zero counts as one. An attempt takes as long as it
    /// takes: it is not cut off. Dropping the future cancels the attempts under way; run again, it goes on where
    /// it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::VirtualClock;
    /// use backoff_driver::{Attempts, Batch, Pacing, Slot};
    /// # use backoff_driver::ThreadRandom;
    ///
    /// async fn fetch(id: u32) -> Result<String, String> {
    ///     if id == 3 { Err("not found".to_owned()) } else { Ok(format!("user {id}")) }
    /// }
    ///
    /// # let clock = VirtualClock::new();
    /// let ids: Vec<u32> = (1..=5).collect();
    /// let attempts = |_| Attempts::new(&Policy::DEFAULT, &clock, ThreadRandom);
    /// let mut slots: Vec<_> = ids.iter().map(attempts).map(Slot::new).collect();
    /// let mut batch = Batch::new(&ids, &mut slots).with_pacing(Pacing::Apart);
    /// # clock.block_on(
    /// batch.each(2, |id| fetch(*id))
    /// # );
    /// # /*
    /// .await;
    /// # */
    /// # ;
    /// for (id, slot) in ids.iter().zip(&slots) {
    ///     println!("{id}: {:?}, {}", slot.outcome(), slot.report());
    /// }
    /// assert_eq!(slots[0].report().attempts(), 1);
    /// assert_eq!(slots[2].report().attempts(), 5);
    /// ```
    #[cfg(feature = "futures-0-3")]
    pub async fn each<F, T>(&mut self, limit: usize, operation: F)
    where
        F: FnMut(&'b I) -> T,
        T: Future<Output = O>,
    {
        let workers = limit.min(self.items.len()).max(1);
        let desk = Shared::new(Desk::new(self, operation));
        loop {
            let workers = (0..workers).map(|_| Desk::work(&desk));
            futures_util::future::join_all(workers).await;
            if !Desk::rest(&desk).await {
                return;
            }
        }
    }

    /// Runs an operation for each item, up to `W` at the same time, until every item has its final outcome.
    ///
    /// It allocates nothing. An item that waits takes no place among those `W`; none does not compile. An attempt
    /// takes as long as it takes: it is not cut off. Dropping the future cancels the attempts under way; run again,
    /// it goes on where it was. The future is `Send` only with the feature `std`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::VirtualClock;
    /// use backoff_driver::{Attempts, Batch, Pacing, Slot};
    /// # use backoff_driver::ThreadRandom;
    /// # async fn read(sensor: u8) -> Result<u8, ()> { Ok(sensor * 2) }
    ///
    /// # let clock = VirtualClock::new();
    /// let sensors = [1, 2, 3];
    /// let mut slots = sensors.map(|_| Slot::new(Attempts::new(&Policy::DEFAULT, &clock, ThreadRandom)));
    /// let mut batch = Batch::new(&sensors, &mut slots).with_pacing(Pacing::Apart);
    /// # clock.block_on(
    /// batch.each_of::<2, _, _>(|sensor| read(*sensor))
    /// # );
    /// # /*
    /// .await;
    /// # */
    /// # ;
    /// assert_eq!(slots.map(Slot::into_outcome), [Some(Ok(2)), Some(Ok(4)), Some(Ok(6))]);
    /// ```
    #[cfg(feature = "embassy-futures-0-1")]
    pub async fn each_of<const W: usize, F, T>(&mut self, operation: F)
    where
        F: FnMut(&'b I) -> T,
        T: Future<Output = O>,
    {
        const { assert!(W > 0, "somebody must do the work") };
        let desk = Shared::new(Desk::new(self, operation));
        loop {
            let workers = core::array::from_fn::<_, W, _>(|_| Desk::work(&desk));
            embassy_futures::join::join_array(workers).await;
            if !Desk::rest(&desk).await {
                return;
            }
        }
    }
}

/// What workers share: each takes an item from here, and brings its outcome back.
struct Desk<'d, 'b, I, O, A, F> {
    batch: &'d mut Batch<'b, I, O, A>,
    operation: F,
    /// Where to look for the next item, so that each has its turn.
    next: usize,
}

/// What a worker does next.
enum Task<T, P> {
    Attempt {
        index: usize,
        attempt: T,
    },
    Watch {
        index: usize,
        until: Duration,
        pause: P,
    },
}

impl<'d, 'b, I, O, A, F> Desk<'d, 'b, I, O, A, F> {
    fn new(batch: &'d mut Batch<'b, I, O, A>, operation: F) -> Self {
        batch.slots_mut().for_each(Slot::recall);
        Self {
            batch,
            operation,
            next: 0,
        }
    }
}

impl<'b, I, O, S, Z, R, C, L, K, B, F, T> Desk<'_, 'b, I, O, Attempts<'_, S, Z, R, C, L, K, B>, F>
where
    S: Schedule,
    Z: Sleeper,
    R: Rng,
    C: Classify<O>,
    L: Observe<O>,
    K: Ledger,
    B: Budget,
    F: FnMut(&'b I) -> T,
    T: Future<Output = O>,
{
    /// One worker, until there is nothing left for it.
    async fn work(desk: &Shared<Self>) {
        while let Some(task) = desk.with(Self::task).flatten() {
            match task {
                Task::Attempt { index, attempt } => {
                    let outcome = attempt.await;
                    desk.with(|desk| desk.batch.settle(index, outcome));
                }
                Task::Watch {
                    index,
                    until,
                    pause,
                } => {
                    pause.await;
                    desk.with(|desk| desk.batch.slots.get_mut(index).map(|slot| slot.wake(until)));
                }
            }
        }
    }

    /// Waits between rounds; `false` where every item has its final outcome.
    async fn rest(desk: &Shared<Self>) -> bool {
        let Some(pause) = desk.with(|desk| desk.batch.pause()).flatten() else {
            return false;
        };
        pause.await;
        desk.with(|desk| {
            desk.batch.random = None;
            desk.batch.wake(Duration::MAX);
        });
        true
    }

    /// `None`: there is nothing left that another worker does not see to.
    fn task(&mut self) -> Option<Task<T, Z::Sleep>> {
        let now = match self.batch.pacing {
            Pacing::Apart => Some(self.batch.now()),
            Pacing::Together => None,
        };
        let Some(index) = self.due(now) else {
            return now.and_then(|_| self.watch());
        };
        let item = self.batch.items.get(index)?;
        self.batch.slots.get_mut(index)?.set_out();
        self.next = index.saturating_add(1);
        let attempt = (self.operation)(item);
        Some(Task::Attempt { index, attempt })
    }

    /// Sleeps until the first wait ends that nobody watches yet.
    ///
    /// So each wait wakes one worker, and an item is never due while a worker sleeps for a later one: whoever takes
    /// an item that another watched leaves that other free to watch the next.
    fn watch(&mut self) -> Option<Task<T, Z::Sleep>> {
        let slots = self.batch.slots().enumerate();
        let unwatched = slots.filter_map(|(index, slot)| Some((slot.unwatched()?, index)));
        let (until, index) = unwatched.min()?;
        self.batch.slots.get_mut(index)?.watch();
        let pause = self.batch.pause_until(until)?;
        Some(Task::Watch {
            index,
            until,
            pause,
        })
    }

    /// The place of the next item that is due, going round.
    fn due(&self, now: Option<Duration>) -> Option<usize> {
        let due = |slot: &Slot<_, _>| slot.is_due_by(now);
        let later = self.batch.slots().skip(self.next).position(due);
        later
            .map(|place| place.saturating_add(self.next))
            .or_else(|| self.batch.slots().position(due))
    }
}
