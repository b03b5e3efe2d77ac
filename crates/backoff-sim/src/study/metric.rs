//! The numbers that summarise a run.

use crate::record::Record;

/// A number that summarises a run.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Metric {
    /// Attempts per call.
    Amplification,
    /// Attempts that reached the server.
    Attempts,
    /// The share of the late calls that succeeded; see [`Record::late_calls`].
    LateSuccess,
    /// The median duration of calls that succeeded, in ms.
    P50,
    /// The 99th percentile of the duration of calls that succeeded, in ms.
    P99,
    /// The share of calls that succeeded.
    Success,
    /// The time until the last call ended, in ms.
    Time,
}

impl Metric {
    /// All metrics, in the order of a table's columns.
    pub const ALL: [Self; 7] = [
        Self::Time,
        Self::Attempts,
        Self::Amplification,
        Self::Success,
        Self::LateSuccess,
        Self::P50,
        Self::P99,
    ];

    /// Returns the name in tables, such as `time_ms`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amplification => "amplification",
            Self::Attempts => "attempts",
            Self::LateSuccess => "late_success",
            Self::P50 => "p50_ms",
            Self::P99 => "p99_ms",
            Self::Success => "success",
            Self::Time => "time_ms",
        }
    }

    /// Returns the meaning in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Amplification => "attempts per call",
            Self::Attempts => "attempts that reached the server",
            Self::LateSuccess => "share of calls begun late in the run that succeeded",
            Self::P50 => "median duration of calls that succeeded, in ms",
            Self::P99 => "99th percentile of their duration, in ms",
            Self::Success => "share of calls that succeeded",
            Self::Time => "time until the last call ended, in ms",
        }
    }

    /// Returns the metric with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::Metric;
    /// assert_eq!(Metric::named("time_ms"), Some(Metric::Time));
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Returns the number of one run, or NaN if the run has none, such as a duration without a call that succeeded.
    #[must_use]
    pub fn of(self, record: &Record) -> f64 {
        let calls = record.calls as f64;
        match self {
            Self::Amplification => record.attempts as f64 / calls,
            Self::Attempts => record.attempts as f64,
            Self::LateSuccess => record.late_successes as f64 / record.late_calls as f64,
            Self::P50 => quantile(record, 0.5),
            Self::P99 => quantile(record, 0.99),
            Self::Success => record.succeeded as f64 / calls,
            Self::Time => record.ended as f64 / 1e6,
        }
    }
}

fn quantile(record: &Record, share: f64) -> f64 {
    let nanos = record.durations.quantile(share);
    nanos.map_or(f64::NAN, |nanos| nanos as f64 / 1e6)
}
