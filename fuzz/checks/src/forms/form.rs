//! The forms that take `Attempts`.

use core::slice;

use backoff_driver::{Batch, Interrupt, Pacing, Slot, Timing};

use super::world::{Call, Outcome, Trace, World};

/// A call that is about to be made.
pub(super) struct Form<'w, 'c, T> {
    world: &'w World<'c>,
    call: Call<'w, 'c, T>,
}

impl<'w, 'c, T: Interrupt<Outcome> + Timing> Form<'w, 'c, T> {
    pub(super) const fn new(world: &'w World<'c>, call: Call<'w, 'c, T>) -> Self {
        Self { world, call }
    }

    pub(super) fn run(mut self) -> Trace {
        let run = self.call.run(|| self.world.attempt());
        let outcome = self.world.clock.block_on(run);
        self.end(outcome)
    }

    /// The loop with limits, which keeps each outcome during the wait, and so can ask whether to go on.
    pub(super) fn limit(mut self) -> Trace {
        let (world, call) = (self.world, &mut self.call);
        let outcome = world.clock.block_on(async {
            loop {
                let outcome = call.limit(world.attempt()).await;
                let Some(pause) = call.pause_after(&outcome) else {
                    break outcome;
                };
                pause.await;
                if !call.recheck(&outcome) {
                    break outcome;
                }
            }
        });
        self.end(outcome)
    }

    /// A batch of one item.
    pub(super) fn each(self) -> Trace {
        let world = self.world;
        let mut slot = Slot::new(self.call);
        let mut batch = Batch::new(&[()], slice::from_mut(&mut slot)).with_pacing(Pacing::Apart);
        world.clock.block_on(batch.each(1, |()| world.attempt()));
        let report = slot.report();
        world.trace(slot.into_outcome().expect("an outcome"), report)
    }

    /// Rounds over one item.
    pub(super) fn rounds(self) -> Trace {
        let world = self.world;
        let mut slot = Slot::new(self.call);
        let mut batch = Batch::new(&[()], slice::from_mut(&mut slot));
        world.clock.block_on(async {
            while let Some(round) = batch.round() {
                let outcome = world.attempt().await;
                if let Some(pause) = round.pause_after(|()| outcome) {
                    pause.await;
                }
            }
        });
        let report = slot.report();
        world.trace(slot.into_outcome().expect("an outcome"), report)
    }

    /// On a thread.
    pub(super) fn call(mut self) -> Trace {
        let outcome = self.call.call(|| {
            let (takes, outcome) = self.world.start();
            self.world.clock.advance(takes);
            outcome
        });
        self.end(outcome)
    }

    fn end(self, outcome: Outcome) -> Trace {
        self.world.trace(outcome, self.call.report())
    }
}
