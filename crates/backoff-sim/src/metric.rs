//! The numbers that sum a run up.

use crate::record::Record;

/// A number that sums a run up.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name in tables.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    of: fn(&Record) -> f64,
}

impl Metric {
    /// The number of one run; not a number where the run says nothing of it.
    #[must_use]
    pub fn of(&self, record: &Record) -> f64 {
        (self.of)(record)
    }

    /// The metric of a name.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::Metric;
    /// assert!(Metric::named("attempts").is_some());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<usize> {
        METRICS.iter().position(|metric| metric.name == name)
    }
}

/// All metrics, in the order of a table's columns.
pub const METRICS: [Metric; 7] = [
    Metric {
        name: "time_ms",
        about: "time until the last call ended, in ms",
        of: |record| record.ended as f64 / 1e6,
    },
    Metric {
        name: "attempts",
        about: "attempts that reached the server",
        of: |record| record.attempts as f64,
    },
    Metric {
        name: "amplification",
        about: "attempts per call",
        of: |record| record.attempts as f64 / record.calls as f64,
    },
    Metric {
        name: "success",
        about: "share of calls that succeeded",
        of: |record| record.succeeded as f64 / record.calls as f64,
    },
    Metric {
        name: "late_success",
        about: "share of calls begun late in the run that succeeded",
        of: |record| record.late.1 as f64 / record.late.0 as f64,
    },
    Metric {
        name: "p50_ms",
        about: "median duration of calls that succeeded, in ms",
        of: |record| quantile(record, 0.5),
    },
    Metric {
        name: "p99_ms",
        about: "99th percentile of their duration, in ms",
        of: |record| quantile(record, 0.99),
    },
];

fn quantile(record: &Record, share: f64) -> f64 {
    let nanos = record.durations.quantile(share);
    nanos.map_or(f64::NAN, |nanos| nanos as f64 / 1e6)
}
