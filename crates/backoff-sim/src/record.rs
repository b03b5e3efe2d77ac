//! What happened in a run.

mod histogram;
mod series;

use backoff_core::GiveUp;

pub use histogram::Histogram;
pub use series::{Interval, Series};

/// What happened in one run, or in several added up.
///
/// # Examples
///
/// ```
/// use backoff_core::{GiveUp, Policy};
/// use backoff_sim::{Fleet, OptimisticRow, Simulation};
///
/// let record = Simulation::new(&Policy::DEFAULT, OptimisticRow::new()).with_fleet(Fleet::batch(10)).run(1);
/// assert_eq!(record.calls, 10);
/// assert_eq!(record.succeeded + record.gave_up(GiveUp::Attempts), 10);
/// ```
#[derive(Clone, Debug)]
pub struct Record {
    /// Calls that began.
    pub calls: u64,
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Attempts that reached the server.
    pub attempts: u64,
    /// When the last call ended, in nanoseconds; of several runs, the latest.
    pub ended: u64,
    /// Calls that began between eight and nine tenths of the run's time limit.
    pub late_calls: u64,
    /// Late calls that succeeded.
    pub late_successes: u64,
    /// Calls by their number of attempts, including those that gave up. The last entry counts all above it.
    pub attempts_per_call: [u64; 65],
    /// How long the calls took that succeeded, in nanoseconds.
    pub durations: Histogram,
    /// What happened over time.
    pub series: Series,
    /// Events that the simulator handled, for measuring its speed.
    pub events: u64,
    /// Runs that are added up.
    pub runs: u64,
    /// Whether a run was stopped because its time stood still: attempts took no time, and were repeated without a delay.
    pub stood_still: bool,
    /// Calls that gave up, in the order of `REASONS`.
    gave_up: [u64; REASONS.len()],
}

const REASONS: [GiveUp; 6] = [
    GiveUp::Attempts,
    GiveUp::Budget,
    GiveUp::Deadline,
    GiveUp::Doubtful,
    GiveUp::HintTooLong,
    GiveUp::Permanent,
];

impl Record {
    pub(crate) fn new() -> Self {
        Self {
            calls: 0,
            succeeded: 0,
            attempts: 0,
            ended: 0,
            late_calls: 0,
            late_successes: 0,
            attempts_per_call: [0; 65],
            durations: Histogram::new(),
            series: Series::new(),
            events: 0,
            runs: 1,
            stood_still: false,
            gave_up: [0; REASONS.len()],
        }
    }

    /// Returns how many calls gave up for this reason.
    #[must_use]
    pub fn gave_up(&self, reason: GiveUp) -> u64 {
        let index = REASONS.iter().position(|known| *known == reason);
        index.map_or(0, |index| self.gave_up[index])
    }

    /// Adds the record of another run.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.succeeded += other.succeeded;
        self.attempts += other.attempts;
        self.ended = self.ended.max(other.ended);
        self.late_calls += other.late_calls;
        self.late_successes += other.late_successes;
        self.events += other.events;
        self.runs += other.runs;
        self.stood_still |= other.stood_still;
        for (sum, part) in self.gave_up.iter_mut().zip(other.gave_up) {
            *sum += part;
        }
        let parts = other.attempts_per_call;
        for (sum, part) in self.attempts_per_call.iter_mut().zip(parts) {
            *sum += part;
        }
        self.durations.add(&other.durations);
        self.series.add(&other.series);
    }

    #[inline]
    pub(crate) fn end(&mut self, now: u64, attempts: u32) {
        self.ended = now;
        let last = self.attempts_per_call.len() - 1;
        self.attempts_per_call[(attempts as usize).min(last)] += 1;
    }

    #[inline]
    pub(crate) fn give_up(&mut self, reason: GiveUp) {
        if let Some(index) = REASONS.iter().position(|known| *known == reason) {
            self.gave_up[index] += 1;
        }
    }
}
