//! One round of a batch.

use core::fmt;
use core::future::Future;
use core::time::Duration;

use backoff_core::PolicyRef;

use super::{Batch, Slot};
use crate::attempts::{Attempts, Timeout};
use crate::handler::Handle;
use crate::limits::Timing;
use crate::runtime::Sleeper;

/// The items of a [`Batch`] that are tried now. Made by [`Batch::round`].
///
/// Dropping it without [`pause_after`](Self::pause_after) leaves the items due.
///
/// # Examples
///
/// See [`Batch`].
#[must_use = "a round does nothing until its items are tried"]
pub struct Round<'r, I, O, A> {
    batch: Batch<'r, I, O, A>,
}

impl<'r, I, O, A> Round<'r, I, O, A> {
    pub(super) const fn new(batch: &'r mut Batch<'_, I, O, A>) -> Self {
        Self {
            batch: Batch {
                items: batch.items,
                slots: batch.slots,
                pacing: batch.pacing,
                random: None,
            },
        }
    }

    /// Returns the items to try, at least one, in the order of the batch.
    pub fn items(&self) -> impl Iterator<Item = &'r I> {
        let Batch { items, slots, .. } = &self.batch;
        let pairs = items.iter().zip(slots.iter());
        pairs.filter_map(|(item, slot)| slot.is_due().then_some(item))
    }
}

impl<I, O, P: PolicyRef, R: Sleeper, H: Handle<O>> Round<'_, I, O, Attempts<P, R, H>> {
    /// Runs the request of a round within the shortest [limit](Attempts::attempt_timeout) of its items, counted from now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Batch, Slot};
    /// use core::{future::pending, time::Duration};
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3)).with_max_attempts(1);
    /// let mut slots = [(); 2].map(|()| Slot::new(Attempts::new(&policy, clock.clone())));
    /// let mut batch = Batch::new(&["a", "b"], &mut slots);
    /// # clock.block_on(async {
    /// while let Some(mut round) = batch.round() {
    ///     let sent = round.timeout(pending::<Result<(), String>>()).await;
    ///     let outcome = sent.unwrap_or_else(|cut| Err(cut.to_string())); // of all items
    ///     if let Some(pause) = round.pause_after(|_item| outcome.clone()) {
    ///         pause.await;
    ///     }
    /// }
    /// # });
    /// let expected = Some(Err("timed out after 3s".to_owned()));
    /// assert_eq!(slots.map(Slot::into_outcome), [expected.clone(), expected]);
    /// ```
    pub fn timeout<F: Future>(&mut self, request: F) -> Timeout<'_, P, R, H, F>
    where
        H: Timing,
    {
        let due = self.batch.slots_mut().filter(|slot| slot.is_due());
        let shortest =
            due.min_by_key(|slot| slot.attempts.attempt_timeout().unwrap_or(Duration::MAX));
        Timeout::new(shortest.map(|slot| &mut slot.attempts), request)
    }

    /// Takes an outcome for every item of the round, in order, and returns the wait before the next round.
    ///
    /// Returns `None` if every item of the batch has its final outcome. If the service left an item out, give an error of
    /// yours for it.
    pub fn pause_after(mut self, mut outcome: impl FnMut(&I) -> O) -> Option<R::Sleep> {
        let items = self.batch.items;
        for (index, item) in items.iter().enumerate() {
            if self.batch.slots.get(index).is_some_and(Slot::is_due) {
                self.batch.settle(index, outcome(item));
            }
        }
        self.batch.pause()
    }
}

impl<I, O, A> fmt::Debug for Round<'_, I, O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Round")
            .field("items", &self.items().count())
            .finish_non_exhaustive()
    }
}
