//! What became of the messages of a worker.

use std::fmt;

use backoff_queue::Settlement;

/// What became of the messages that a worker was delivered, in numbers of deliveries.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct WorkerReport {
    /// Messages that were acknowledged.
    pub acknowledged: u64,
    /// Messages that were dead-lettered.
    pub dead_lettered: u64,
    /// Messages that were handed back without a completed attempt.
    pub handed_back: u64,
    /// Messages that will be redelivered after a wait.
    pub redelivered: u64,
    /// Messages that could not be settled. They are delivered again when their acknowledgement is due.
    pub unsettled: u64,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ended {
    HandedBack,
    Settled(Settlement),
    Skipped,
    Unsettled,
}

impl WorkerReport {
    pub(super) fn count(&mut self, ended: Ended) {
        let counter = match ended {
            Ended::HandedBack => &mut self.handed_back,
            Ended::Settled(Settlement::Acknowledge) => &mut self.acknowledged,
            Ended::Settled(Settlement::DeadLetter(_)) => &mut self.dead_lettered,
            Ended::Settled(Settlement::Redeliver { .. }) => &mut self.redelivered,
            Ended::Skipped => return,
            Ended::Unsettled => &mut self.unsettled,
        };
        *counter += 1;
    }
}

impl fmt::Display for WorkerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acknowledged,
            dead_lettered,
            handed_back,
            redelivered,
            unsettled,
        } = self;
        write!(
            f,
            "{acknowledged} acknowledged, {redelivered} redelivered, {dead_lettered} dead-lettered, "
        )?;
        write!(f, "{handed_back} handed back, {unsettled} unsettled")
    }
}
