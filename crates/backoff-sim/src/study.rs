//! Many runs, on all cores.

mod metric;
mod summary;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::random::Random;
use crate::record::Record;
use crate::scenario::Scenario;

pub use metric::Metric;
pub use summary::Summary;

/// Holds the runs of a scenario: those of each policy at each point.
#[derive(Debug)]
pub struct Study {
    cells: Vec<StudyCell>,
    policies: usize,
}

/// Holds the runs of one policy at one point.
#[derive(Clone, Debug)]
pub struct StudyCell {
    /// The metrics of each run, indexed by the number of the variant.
    samples: Vec<[f64; Metric::ALL.len()]>,
    record: Option<Record>,
}

impl Study {
    /// Runs a scenario on this many threads, and calls `progress` after each run with the number of finished runs.
    ///
    /// The result does not depend on the number of threads: run `r` of every policy at every point uses generator `r`
    /// of the scenario's seed.
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
    /// let study = Study::run(&scenario, 2, |_done| {});
    /// let attempts = study.cell(0, 0).summary(Metric::Attempts);
    /// assert!(attempts.mean > 5.0);
    /// # Ok::<(), backoff_sim::ScenarioError>(())
    /// ```
    #[must_use]
    pub fn run(scenario: &Scenario, threads: usize, progress: impl Fn(usize) + Sync) -> Self {
        let (points, policies) = (scenario.points().len(), scenario.policies().len());
        let runs = scenario.runs() as usize;
        let cells: Vec<_> = (0..points * policies)
            .map(|_| Mutex::new(StudyCell::empty(runs)))
            .collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let (index, run) = (job / runs, job % runs);
            let Some(cell) = cells.get(index) else { break };
            let random = Random::new(scenario.seed(), run as u64);
            let record = scenario.simulate(index / policies, index % policies, random);
            if let Ok(mut cell) = cell.lock() {
                cell.take(run, record);
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(cells.len() * runs) {
                scope.spawn(work);
            }
            work();
        });
        let cells = cells
            .into_iter()
            .filter_map(|cell| cell.into_inner().ok())
            .collect();
        Self { cells, policies }
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
    fn empty(runs: usize) -> Self {
        Self {
            samples: vec![[f64::NAN; Metric::ALL.len()]; runs],
            record: None,
        }
    }

    fn take(&mut self, run: usize, record: Record) {
        for metric in Metric::ALL {
            self.samples[run][metric as usize] = metric.of(&record);
        }
        match &mut self.record {
            None => self.record = Some(record),
            Some(sum) => sum.add(&record),
        }
    }

    /// Summarises a metric over the runs.
    #[must_use]
    pub fn summary(&self, metric: Metric) -> Summary {
        Summary::of(self.samples.iter().map(|sample| sample[metric as usize]))
    }

    /// Returns the sum of the runs, or `None` if there are none.
    #[must_use]
    pub const fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }
}
