//! One operation per item, a few at a time.

#[cfg(not(feature = "std"))]
use core::cell::RefCell as Shared;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::pin;
use core::task::{Context, Poll};
use core::time::Duration;
#[cfg(feature = "std")]
use std::sync::Mutex as Shared;

use backoff_core::PolicyRef;

use super::{Batch, Pacing, Slot};
use crate::attempts::Attempts;
use crate::handler::Handle;
use crate::limits::{Interrupt, Timing, poll_within};
use crate::lock::Lock;
use crate::runtime::Sleeper;

impl<'b, I, O, P, R, H> Batch<'b, I, O, Attempts<P, R, H>>
where
    P: PolicyRef,
    R: Sleeper,
    H: Handle<O> + Interrupt<O> + Timing,
{
    /// Runs an operation for each item, up to `limit` at the same time, until every item has its final outcome.
    ///
    /// Waiting items do not count towards the limit, and a limit of zero counts as one. Attempts are limited as by
    /// [`Attempts::limit`]. Dropping the future cancels the attempts under way; run again, it goes on where it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::VirtualClock;
    /// use backoff_driver::{Attempts, Batch, Pacing, Slot};
    /// use std::io;
    ///
    /// async fn fetch(id: u32) -> io::Result<String> {
    ///     if id == 3 { Err(io::ErrorKind::NotFound.into()) } else { Ok(format!("user {id}")) }
    /// }
    ///
    /// let clock = VirtualClock::new();
    /// let ids: Vec<u32> = (1..=5).collect();
    /// let attempts = |_| Attempts::new(&Policy::DEFAULT, clock.clone());
    /// let mut slots: Vec<_> = ids.iter().map(attempts).map(Slot::new).collect();
    /// let mut batch = Batch::new(&ids, &mut slots).with_pacing(Pacing::Apart);
    /// clock.block_on(batch.each(2, |id| fetch(*id)));
    ///
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
        self.first_pause().await;
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
    /// It allocates nothing. Waiting items do not count towards `W`, and a `W` of zero does not compile. Attempts are limited
    /// as by [`Attempts::limit`]. Dropping the future cancels the attempts under way; run again, it goes on where it was.
    /// The future is `Send` only with the feature `std`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::test_util::VirtualClock;
    /// use backoff_driver::{Attempts, Batch, Pacing, Slot, TimedOut};
    ///
    /// async fn read(sensor: u8) -> Result<u8, TimedOut> {
    ///     Ok(sensor * 2)
    /// }
    ///
    /// let clock = VirtualClock::new();
    /// let sensors = [1, 2, 3];
    /// let mut slots = sensors.map(|_| Slot::new(Attempts::new(&Policy::DEFAULT, clock.clone())));
    /// let mut batch = Batch::new(&sensors, &mut slots).with_pacing(Pacing::Apart);
    /// clock.block_on(batch.each_of::<2, _, _>(|sensor| read(*sensor)));
    ///
    /// assert_eq!(slots.map(Slot::into_outcome), [Some(Ok(2)), Some(Ok(4)), Some(Ok(6))]);
    /// ```
    #[cfg(feature = "embassy-futures-0-1")]
    pub async fn each_of<const W: usize, F, T>(&mut self, operation: F)
    where
        F: FnMut(&'b I) -> T,
        T: Future<Output = O>,
    {
        const { assert!(W > 0, "at least one attempt runs at a time") };
        self.first_pause().await;
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

/// What workers share: each takes an item from here and brings its outcome back.
struct Desk<'d, 'b, I, O, A, F> {
    batch: &'d mut Batch<'b, I, O, A>,
    operation: F,
    /// The index at which the search for the next item starts, so that each has its turn.
    next: usize,
}

/// What a worker does next.
enum Task<T, L, P> {
    Attempt {
        index: usize,
        attempt: T,
        timer: Option<L>,
    },
    Watch {
        index: usize,
        until: Duration,
        pause: P,
    },
}

impl<I, O, P, R, H> Batch<'_, I, O, Attempts<P, R, H>>
where
    P: PolicyRef,
    R: Sleeper,
    H: Handle<O> + Interrupt<O> + Timing,
{
    /// Takes the outcome of the item at a place; `None` if its time was over.
    fn settle_or_interrupt(&mut self, index: usize, outcome: Option<O>) {
        let Some(outcome) = outcome else {
            let random = match self.pacing {
                Pacing::Apart => &mut None,
                Pacing::Together => &mut self.random,
            };
            if let Some(slot) = self.slots.get_mut(index) {
                let cut = slot.attempts.cut();
                slot.interrupt(cut, random);
            }
            return;
        };
        self.settle(index, outcome);
    }
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

impl<'b, I, O, P, R, H, F, T> Desk<'_, 'b, I, O, Attempts<P, R, H>, F>
where
    P: PolicyRef,
    R: Sleeper,
    H: Handle<O> + Interrupt<O> + Timing,
    F: FnMut(&'b I) -> T,
    T: Future<Output = O>,
{
    /// One worker, until there is nothing left for it.
    async fn work(desk: &Shared<Self>) {
        while let Some(task) = desk.with(Self::task).flatten() {
            match task {
                Task::Attempt {
                    index,
                    attempt,
                    timer,
                } => {
                    let (mut attempt, mut timer) = (pin!(attempt), pin!(timer));
                    let within = |cx: &mut Context<'_>| {
                        poll_within(attempt.as_mut(), timer.as_mut(), cx, || None)
                    };
                    let outcome = poll_fn(within).await;
                    if desk.with(|desk| desk.settle(index, outcome)) == Some(true) {
                        yield_once().await;
                    }
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

    /// Takes the end of an attempt. Returns whether its item is due again at once, before other tasks could run.
    fn settle(&mut self, index: usize, outcome: Option<O>) -> bool {
        self.batch.settle_or_interrupt(index, outcome);
        let until = self.batch.slots.get(index).and_then(Slot::waits_until);
        until.is_some_and(|until| until <= self.batch.now())
    }

    /// `None` if nothing is left for this worker.
    fn task(&mut self) -> Option<Task<T, H::Timer<R::Sleep>, R::Sleep>> {
        let apart = self.batch.pacing == Pacing::Apart;
        if apart {
            self.batch.wake(self.batch.now());
        }
        while let Some(index) = self.due() {
            let item = self.batch.items.get(index)?;
            let slot = self.batch.slots.get_mut(index)?;
            slot.set_out();
            if !slot.is_under_way() {
                continue; // its deadline has passed
            }
            let limit = slot.attempts.attempt_timeout().filter(|_| H::INTERRUPTS);
            let timer = limit.and_then(|limit| H::timer(slot.attempts.sleep(limit)));
            self.next = index.saturating_add(1);
            let attempt = (self.operation)(item);
            return Some(Task::Attempt {
                index,
                attempt,
                timer,
            });
        }
        if apart { self.watch() } else { None }
    }

    /// Sleeps until the first wait ends that no worker sleeps for yet.
    ///
    /// So each wait wakes one worker, and an item is never due while all workers sleep for later ones: a worker that takes
    /// an item for which another sleeps leaves that other free to sleep for the next.
    fn watch(&mut self) -> Option<Task<T, H::Timer<R::Sleep>, R::Sleep>> {
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
    fn due(&self) -> Option<usize> {
        let later = self.batch.slots().skip(self.next).position(Slot::is_due);
        later
            .map(|place| place.saturating_add(self.next))
            .or_else(|| self.batch.slots().position(Slot::is_due))
    }
}

/// Lets other tasks run.
async fn yield_once() {
    let mut yields = true;
    poll_fn(|cx| {
        if mem::take(&mut yields) {
            cx.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}
