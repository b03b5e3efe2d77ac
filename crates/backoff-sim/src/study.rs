//! Many runs, on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::metric::METRICS;
use crate::random::Random;
use crate::record::Record;
use crate::scenario::Scenario;
use crate::summary::Summary;

/// The runs of a scenario: each policy at each point.
#[derive(Debug)]
pub struct Study {
    cells: Vec<Cell>,
    policies: usize,
}

/// The runs of one policy at one point.
#[derive(Clone, Debug)]
pub struct Cell {
    samples: Vec<[f64; METRICS.len()]>,
    record: Option<Record>,
}

impl Study {
    /// Runs a scenario on so many threads, and reports after each run how many are done.
    ///
    /// The result does not depend on the number of threads: run `r` of every policy at every point draws from
    /// generator `r` of the scenario's seed.
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
    ///     server.model = "row"
    ///     policy = [{ name = "full jitter", max_attempts = "forever" }]
    /// "#, &[])?;
    /// let study = Study::run(&scenario, 2, |_done| {});
    /// let attempts = study.cell(0, 0).summary(Metric::named("attempts").unwrap());
    /// assert!(attempts.mean > 5.0);
    /// # Ok::<(), backoff_sim::ScenarioError>(())
    /// ```
    #[must_use]
    pub fn run(scenario: &Scenario, threads: usize, progress: impl Fn(usize) + Sync) -> Self {
        let (points, policies) = (scenario.points().len(), scenario.policies().len());
        let runs = scenario.runs() as usize;
        let cells: Vec<_> = (0..points * policies)
            .map(|_| Mutex::new(Cell::empty(runs)))
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

    /// The runs of a policy at a point, both counted from zero as in the scenario.
    ///
    /// # Panics
    ///
    /// Panics where the scenario has no such policy or point.
    #[must_use]
    pub fn cell(&self, point: usize, policy: usize) -> &Cell {
        &self.cells[point * self.policies + policy]
    }
}

impl Cell {
    fn empty(runs: usize) -> Self {
        Self {
            samples: vec![[f64::NAN; METRICS.len()]; runs],
            record: None,
        }
    }

    fn take(&mut self, run: usize, record: Record) {
        self.samples[run] = METRICS.map(|metric| metric.of(&record));
        match &mut self.record {
            None => self.record = Some(record),
            Some(sum) => sum.add(&record),
        }
    }

    /// The mean of a metric over the runs; metrics are counted as in [`METRICS`].
    ///
    /// # Panics
    ///
    /// Panics where there is no such metric.
    #[must_use]
    pub fn summary(&self, metric: usize) -> Summary {
        Summary::of(self.samples.iter().map(|sample| sample[metric]))
    }

    /// The runs added up; `None` where there were none.
    #[must_use]
    pub const fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }
}
