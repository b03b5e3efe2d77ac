//! The items of a batch that are tried now.

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

    /// The items to try, in the order of the batch; there is one at least.
    pub fn items(&self) -> impl Iterator<Item = &'r I> {
        let Batch { items, slots, .. } = &self.batch;
        let pairs = items.iter().zip(slots.iter());
        pairs.filter_map(|(item, slot)| slot.is_due().then_some(item))
    }
}

impl<I, O, P: PolicyRef, R: Sleeper, H: Handle<O>> Round<'_, I, O, Attempts<P, R, H>> {
    /// Runs a request no longer than the shortest [timeout](Attempts::timeout) of its items, counted from now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use backoff_driver::test_util::VirtualClock;
    /// # use backoff_driver::{Attempts, Batch, Slot};
    /// # use core::{future::pending, time::Duration};
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(3)).with_max_attempts(1);
    /// let mut slots = [(); 2].map(|()| Slot::new(Attempts::new(&policy, clock.clone())));
    /// let mut batch = Batch::new(&["a", "b"], &mut slots);
    /// # clock.block_on(async {
    /// while let Some(mut round) = batch.round() {
    ///     let answer = round.timeout(pending::<Vec<Result<(), String>>>()).await;
    ///     let pause = match answer {
    ///         Ok(answers) => {
    ///             let mut answers = answers.into_iter();
    ///             round.pause_after(|_| answers.next().unwrap_or(Err("no answer".to_owned())))
    ///         }
    ///         Err(cut) => round.pause_after(|_| Err(cut.to_string())),
    ///     };
    ///     if let Some(pause) = pause {
    ///         pause.await;
    ///     }
    /// }
    /// # });
    /// assert_eq!(slots.map(Slot::into_outcome), [(); 2].map(|()| Some(Err("timed out after 3s".to_owned()))));
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

    /// Takes an outcome for every item of the round, in its order: the wait before the next round, or `None` where
    /// every item of the batch has its final outcome.
    ///
    /// An item that the service said nothing about needs an outcome too, usually an error of the caller's.
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
