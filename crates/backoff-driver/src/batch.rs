//! Many items: only those that failed are tried again.

mod round;
mod slot;
#[cfg(any(feature = "embassy-futures-0-1", feature = "futures-0-3"))]
mod worker;

use core::fmt;
use core::time::Duration;

use backoff_core::PolicyRef;

use crate::attempts::Attempts;
use crate::handler::{Handle, Recording};
use crate::runtime::{Runtime, Sleeper};

pub use round::Round;
pub use slot::Slot;

/// Retries many items: each round tries those again that failed.
///
/// Each item has a [`Slot`], which holds its [`Attempts`]. So each item is classified, observed, charged to a budget and
/// reported on its own, and may have its own policy. Items and slots are slices: of an array, a `Vec` or a
/// `heapless::Vec`. An item without a slot, and a slot without an item, are ignored.
///
/// For a service that takes many items in one request, write the loop over [`round`](Self::round). For one that takes a
/// single item, `each` and `each_of` run an operation per item, a few at a time. Only `each` allocates.
///
/// The deadline counts from when the attempts of a slot were made, so a batch has one deadline.
///
/// # Examples
///
/// A service that takes many messages, and answers each of them:
///
/// ```
/// use backoff_core::{Failure, Policy};
/// use backoff_driver::test_util::VirtualClock;
/// use backoff_driver::{Attempts, Batch, Slot};
///
/// # let clock = VirtualClock::new();
/// # let mut requests = 0;
/// // Refuses the second message at first, and the third for good.
/// let mut send = async |messages: Vec<&str>| -> Vec<Result<u32, &str>> {
///     requests += 1;
///     let answer = |message: &&str| match *message {
///         "b" if requests == 1 => Err("busy"),
///         "c" => Err("malformed"),
///         _ => Ok(requests),
///     };
///     messages.iter().map(answer).collect()
/// };
///
/// let messages = ["a", "b", "c"];
/// let mut slots = messages.map(|_| {
///     Slot::new(Attempts::new(&Policy::DEFAULT, clock.clone()).when(|error: &&str| *error == "busy"))
/// });
/// let mut batch = Batch::new(&messages, &mut slots);
/// # clock.block_on(async {
/// while let Some(round) = batch.round() {
///     let mut answers = send(round.items().copied().collect()).await.into_iter();
///     let pause = round.pause_after(|_message| answers.next().unwrap_or(Err("no answer")));
///     if let Some(pause) = pause {
///         pause.await;
///     }
/// }
/// # });
///
/// let outcomes = slots.map(Slot::into_outcome);
/// assert_eq!(outcomes, [Some(Ok(1)), Some(Ok(2)), Some(Err("malformed"))]);
/// assert_eq!(requests, 2);
/// ```
pub struct Batch<'b, I, O, A> {
    items: &'b [I],
    slots: &'b mut [Slot<O, A>],
    pacing: Pacing,
    /// The random number of a round that is paced together, once one of its items failed.
    random: Option<u32>,
}

/// Says how the items of a [`Batch`] wait.
///
/// # Examples
///
/// See [`Batch::with_pacing`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Pacing {
    /// Each item waits on its own, and is tried again when its wait is over.
    Apart,
    /// All items that failed wait for the longest of their waits, and are tried again in one round.
    ///
    /// All waits of a round use one random number, so that the longest of many waits is no longer than a single one.
    #[default]
    Together,
}

impl<'b, I, O, A> Batch<'b, I, O, A> {
    /// Makes a batch of items, each with the slot at the same index, that are paced together.
    pub const fn new(items: &'b [I], slots: &'b mut [Slot<O, A>]) -> Self {
        Self {
            items,
            slots,
            pacing: Pacing::Together,
            random: None,
        }
    }

    /// Sets whether items wait together, the default, or apart.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::{Failure, Jitter, Policy};
    /// use backoff_driver::{Attempts, Batch, Pacing, Slot};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_jitter(Jitter::None);
    /// let hints = [1, 5]; // in seconds
    /// let mut slots = hints.map(|hint| {
    ///     let throttled = move |_: &()| Failure::throttled().with_retry_after(Duration::from_secs(hint));
    ///     Slot::new(Attempts::new(&policy, clock.clone()).when(throttled))
    /// });
    /// let mut batch = Batch::new(&hints, &mut slots).with_pacing(Pacing::Apart);
    /// let pause = batch.round().and_then(|round| round.pause_after(|_| Err::<(), ()>(())));
    /// clock.block_on(pause.unwrap());
    /// let due: Vec<_> = batch.round().unwrap().items().copied().collect();
    /// assert_eq!(due, [1]);
    /// ```
    #[must_use]
    pub const fn with_pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }
}

impl<I, O, P: PolicyRef, R: Sleeper, H: Recording> Batch<'_, I, O, Attempts<P, R, H>> {
    /// Waits once before the first attempts of all items, as
    /// [`Policy::with_first_delay`](backoff_core::Policy::with_first_delay) of the first item says that has such a setting.
    ///
    /// Call it before the loop over [rounds](Self::round); `each` and `each_of` wait by themselves. The calls of the items
    /// that have the setting begin then: their deadlines do not count this wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Batch, Slot};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_first_delay(Duration::from_secs(600));
    /// let mut slots = [(); 2].map(|()| Slot::new(Attempts::new(&policy, clock.clone())));
    /// let mut batch = Batch::new(&["a", "b"], &mut slots);
    /// # clock.block_on(async {
    /// batch.first_pause().await;
    /// while let Some(round) = batch.round() {
    ///     if let Some(pause) = round.pause_after(|_item| Ok::<_, &str>("sent")) {
    ///         pause.await;
    ///     }
    /// }
    /// # });
    /// assert_eq!(slots.map(Slot::into_outcome), [Some(Ok("sent")); 2]);
    /// ```
    pub async fn first_pause(&mut self) {
        let pause = self.slots_mut().find_map(|slot| {
            let wait = slot.attempts.draw_first_delay()?;
            Some(slot.attempts.sleep(wait))
        });
        let Some(pause) = pause else { return };
        pause.await;
        for slot in self.slots_mut() {
            if slot.attempts.is_before_first_delay() {
                slot.attempts.begin_delayed();
            }
        }
    }
}

impl<I, O, P: PolicyRef, R: Runtime, H> Batch<'_, I, O, Attempts<P, R, H>> {
    /// Begins the next round with all items that are due; `None` if every item has its final outcome.
    ///
    /// An item is due before its first attempt, and after a round or an operation that was dropped. An item that waits on
    /// its own is due when its wait is over. If no item is due, those become due whose wait ends first, or all that wait
    /// together.
    pub fn round(&mut self) -> Option<Round<'_, I, O, Attempts<P, R, H>>>
    where
        H: Handle<O>,
    {
        self.random = None;
        self.slots_mut().for_each(Slot::recall);
        if self.pacing == Pacing::Apart {
            self.wake(self.now());
        }
        self.slots_mut().for_each(Slot::recheck);
        while !self.has_due() {
            // An item whose deadline has passed is final then, and others may wait longer.
            self.wake(self.until()?);
            self.slots_mut().for_each(Slot::recheck);
        }
        self.slots_mut().for_each(Slot::begin);
        Some(Round::new(self))
    }

    /// The time by the clock of the first slot, which all slots share.
    fn now(&self) -> Duration {
        let slot = self.slots().next();
        slot.map_or(Duration::ZERO, |slot| slot.attempts.now())
    }
}

impl<I, O, A> Batch<'_, I, O, A> {
    /// Makes items due whose wait is over by then.
    fn wake(&mut self, by: Duration) {
        self.slots_mut().for_each(|slot| slot.wake(by));
    }

    /// The slots that have an item.
    fn slots(&self) -> impl Iterator<Item = &Slot<O, A>> {
        self.slots.iter().take(self.items.len())
    }

    fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot<O, A>> {
        self.slots.iter_mut().take(self.items.len())
    }

    fn has_due(&self) -> bool {
        self.slots().any(Slot::is_due)
    }

    /// The times at which waits end.
    fn waits(&self) -> impl Iterator<Item = Duration> {
        self.slots().filter_map(Slot::waits_until)
    }

    /// When items are due again; `None` if no item waits.
    fn until(&self) -> Option<Duration> {
        match self.pacing {
            Pacing::Apart => self.waits().min(),
            Pacing::Together => self.waits().max(),
        }
    }
}

impl<I, O, P: PolicyRef, R: Sleeper, H: Handle<O>> Batch<'_, I, O, Attempts<P, R, H>> {
    /// Takes the outcome of the item at an index.
    fn settle(&mut self, index: usize, outcome: O) {
        let random = match self.pacing {
            Pacing::Apart => &mut None,
            Pacing::Together => &mut self.random,
        };
        if let Some(slot) = self.slots.get_mut(index) {
            slot.settle(outcome, random);
        }
    }

    /// The wait until items are due again; `None` if no item waits.
    fn pause(&self) -> Option<R::Sleep> {
        self.pause_until(self.until()?)
    }

    fn pause_until(&self, until: Duration) -> Option<R::Sleep> {
        let slot = self.slots().next()?;
        Some(slot.attempts.sleep(until.saturating_sub(self.now())))
    }
}

impl<I, O, A> fmt::Debug for Batch<'_, I, O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("items", &self.items.len())
            .field("pacing", &self.pacing)
            .finish_non_exhaustive()
    }
}
