//! Many runs, on all cores.

mod error;
mod metric;
mod summary;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::random::Random;
use crate::record::Record;
use crate::scenario::Scenario;

pub use error::StudyError;
pub use metric::Metric;
pub use summary::Summary;

/// Holds the runs of a scenario: those of each policy at each point.
#[derive(Debug)]
pub struct Study {
    cells: Vec<StudyCell>,
    policies: usize,
}

/// Holds the runs of one policy at one point.
#[derive(Clone, Debug, Default)]
pub struct StudyCell {
    /// The metrics of each run, by its number and by that of the variant.
    samples: BTreeMap<usize, [f64; Metric::ALL.len()]>,
    record: Option<Record>,
}

/// More threads than cores do not help, and a system refuses too many.
const MAX_THREADS: usize = 1_024;

impl Study {
    /// Runs a scenario on this many threads, from 1 to 1,024, and calls `progress` after each run with the number of finished runs.
    ///
    /// The result does not depend on the number of threads: run `r` of every policy at every point uses generator `r`
    /// of the scenario's seed.
    ///
    /// # Errors
    ///
    /// Fails if time stands still in a run. The error names the policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::{Metric, Scenario, Study};
    ///
    /// let scenario = Scenario::parse(r#"
    ///     title = "Five clients and a row"
    ///     runs = 3
    ///     fleet.clients = 5
    ///     network = { mean = "10ms", deviation = "2ms" }
    ///     server.model = "optimistic-row"
    ///     policy = [{ name = "full jitter", max_attempts = "forever" }]
    /// "#, &[])?;
    /// let study = Study::run(&scenario, 2, |_done| {})?;
    /// let attempts = study.cell(0, 0).summary(Metric::Attempts);
    /// assert!(attempts.mean > 5.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(
        scenario: &Scenario,
        threads: usize,
        progress: impl Fn(usize) + Sync,
    ) -> Result<Self, StudyError> {
        Self::run_while(scenario, threads, |done| {
            progress(done);
            true
        })
    }

    /// Runs a scenario like [`run`](Self::run), but begins no more runs once `go_on` has returned `false`.
    ///
    /// It is called after each run with the number of finished runs. If it ends the study early, the cells have about the
    /// same number of runs each.
    ///
    /// # Errors
    ///
    /// Fails like [`run`](Self::run).
    pub fn run_while(
        scenario: &Scenario,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Self, StudyError> {
        let (points, policies) = (scenario.points().len(), scenario.policies().len());
        let runs = scenario.runs() as usize;
        let cells: Vec<_> = (0..points * policies)
            .map(|_| Mutex::new(StudyCell::default()))
            .collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let jobs = cells.len() * runs;
        let work = || loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                break;
            }
            let (index, run) = (job % cells.len(), job / cells.len());
            let Some(cell) = cells.get(index) else { break };
            let random = Random::new(scenario.seed(), run as u64);
            let record = scenario.simulate(index / policies, index % policies, random);
            if record.stood_still {
                next.fetch_max(jobs, Ordering::Relaxed); // the other threads stop, too
            }
            if let Ok(mut cell) = cell.lock() {
                cell.take(run, record);
            }
            if !go_on(done.fetch_add(1, Ordering::Relaxed) + 1) {
                next.fetch_max(jobs, Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(jobs).min(MAX_THREADS) {
                scope.spawn(work);
            }
            work();
        });
        let cells: Vec<StudyCell> = cells
            .into_iter()
            .filter_map(|cell| cell.into_inner().ok())
            .collect();
        let stuck = |cell: &StudyCell| cell.record().is_some_and(|record| record.stood_still);
        match cells.iter().position(stuck) {
            Some(index) => Err(StudyError::new(
                scenario,
                index / policies,
                index % policies,
            )),
            None => Ok(Self { cells, policies }),
        }
    }

    /// Returns the runs of a policy at a point, both counted from 0 in the order of the scenario.
    ///
    /// # Panics
    ///
    /// Panics if the scenario has no such policy or point.
    #[must_use]
    pub fn cell(&self, point: usize, policy: usize) -> &StudyCell {
        &self.cells[point * self.policies + policy]
    }
}

impl StudyCell {
    fn take(&mut self, run: usize, record: Record) {
        let mut sample = [f64::NAN; Metric::ALL.len()];
        for metric in Metric::ALL {
            sample[metric as usize] = metric.of(&record);
        }
        self.samples.insert(run, sample);
        match &mut self.record {
            None => self.record = Some(record),
            Some(sum) => sum.add(&record),
        }
    }

    /// Summarises a metric over the runs.
    #[must_use]
    pub fn summary(&self, metric: Metric) -> Summary {
        Summary::of(self.samples.values().map(|sample| sample[metric as usize]))
    }

    /// Returns the sum of the runs, or `None` if there are none.
    #[must_use]
    pub const fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }
}
