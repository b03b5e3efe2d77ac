//! What happened in a run.

use backoff_core::GiveUp;

use crate::histogram::Histogram;
use crate::series::Series;

/// What happened in one run, or in several added up.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Row, Simulation};
///
/// let record = Simulation::new(&Policy::DEFAULT, Row::new()).with_fleet(Fleet::batch(10)).run(1);
/// assert_eq!(record.calls, 10);
/// assert_eq!(record.succeeded + record.gave_up.iter().sum::<u64>(), 10);
/// ```
#[derive(Clone, Debug)]
pub struct Record {
    /// Calls begun.
    pub calls: u64,
    /// Calls that ended well.
    pub succeeded: u64,
    /// Attempts that reached the server.
    pub attempts: u64,
    /// Calls given up, by the reason, in the order of [`REASONS`].
    pub gave_up: [u64; REASONS.len()],
    /// When the last call ended, in nanoseconds; of several runs, the latest.
    pub ended: u64,
    /// Calls that began between eight and nine tenths of the run's time limit, and how many of them succeeded.
    pub late: (u64, u64),
    /// Calls by the number of attempts that they took, those given up included; the last entry takes all above.
    pub tries: [u64; 65],
    /// How long the calls took that succeeded.
    pub durations: Histogram,
    /// Over time: calls begun, attempts that reached the server, calls that succeeded.
    pub series: Series<3>,
    /// Events handled, for measuring the simulator itself.
    pub events: u64,
    /// Runs added up.
    pub runs: u64,
}

/// The reasons to give up, in the order of [`Record::gave_up`].
pub const REASONS: [GiveUp; 6] = [
    GiveUp::Attempts,
    GiveUp::Budget,
    GiveUp::Deadline,
    GiveUp::Doubtful,
    GiveUp::HintTooLong,
    GiveUp::Permanent,
];

/// The column of [`Record::series`] that counts calls begun.
pub const BEGUN: usize = 0;
/// The column of [`Record::series`] that counts attempts.
pub const ATTEMPTS: usize = 1;
/// The column of [`Record::series`] that counts calls that succeeded.
pub const SUCCEEDED: usize = 2;

impl Record {
    pub(crate) fn new() -> Self {
        Self {
            calls: 0,
            succeeded: 0,
            attempts: 0,
            gave_up: [0; REASONS.len()],
            ended: 0,
            late: (0, 0),
            tries: [0; 65],
            durations: Histogram::new(),
            series: Series::new(),
            events: 0,
            runs: 1,
        }
    }

    /// Adds the record of another run.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.succeeded += other.succeeded;
        self.attempts += other.attempts;
        self.ended = self.ended.max(other.ended);
        self.late.0 += other.late.0;
        self.late.1 += other.late.1;
        self.events += other.events;
        self.runs += other.runs;
        for (sum, part) in self.gave_up.iter_mut().zip(other.gave_up) {
            *sum += part;
        }
        for (sum, part) in self.tries.iter_mut().zip(other.tries) {
            *sum += part;
        }
        self.durations.add(&other.durations);
        self.series.add(&other.series);
    }

    #[inline]
    pub(crate) fn end(&mut self, now: u64, attempts: u32) {
        self.ended = now;
        let last = self.tries.len() - 1;
        self.tries[(attempts as usize).min(last)] += 1;
    }

    #[inline]
    pub(crate) fn give_up(&mut self, reason: GiveUp) {
        if let Some(index) = REASONS.iter().position(|known| *known == reason) {
            self.gave_up[index] += 1;
        }
    }
}
