//! The charts of a study.

use backoff_sim::{Interval, Metric, Record, Scenario, Study};

use super::results::metrics;
use crate::chart::{Axis, Line, LineChart};

/// Makes the charts of a study.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StudyCharts<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) study: &'a Study,
    /// The index of the point that the charts over time show.
    pub(crate) point: usize,
}

/// A chart with a name for its file.
#[derive(Clone, Debug)]
pub(crate) struct NamedChart {
    pub(crate) name: String,
    pub(crate) chart: LineChart,
}

/// The beginning of the names of charts by the swept value.
const BY_SWEEP: &str = "by-";

impl NamedChart {
    pub(super) fn is_by_sweep(&self) -> bool {
        self.name.starts_with(BY_SWEEP)
    }
}

impl StudyCharts<'_> {
    /// Makes all charts that show any difference.
    pub(crate) fn all(&self) -> Vec<NamedChart> {
        let mut charts = Vec::new();
        if self.scenario.swept().is_some() {
            let metrics = metrics(self.scenario, self.study).into_iter();
            charts.extend(metrics.map(|metric| NamedChart {
                name: format!("{BY_SWEEP}{}", metric.name()),
                chart: self.by_sweep(metric),
            }));
        }
        let over_time = [
            (
                "load",
                self.rate("Attempts that reach the server, per second", |interval| {
                    interval.attempts
                }),
            ),
            (
                "goodput",
                self.rate("Goodput: calls that succeed, per second", |interval| {
                    interval.succeeded
                }),
            ),
            ("completion", self.completion()),
            ("attempts", self.attempts()),
        ];
        charts.extend(over_time.map(|(name, chart)| NamedChart {
            name: name.to_owned(),
            chart,
        }));
        charts.retain(|NamedChart { chart, .. }| {
            !chart.is_empty() && (chart.lines.len() < 2 || !chart.is_flat())
        });
        charts
    }

    fn by_sweep(&self, metric: Metric) -> LineChart {
        let points = self.scenario.points();
        let line = |policy: usize| {
            let value = |index: usize| self.study.cell(index, policy).summary(metric).mean;
            points
                .iter()
                .enumerate()
                .map(|(index, point)| (*point, value(index)))
                .collect()
        };
        let lines = self.lines(line);
        let values = || {
            lines
                .iter()
                .flat_map(|line| &line.points)
                .map(|point| point.1)
        };
        let spread = spread(values());
        LineChart {
            title: capital(metric.about()),
            x: Axis {
                label: self.scenario.swept().unwrap_or_default().to_owned(),
                log: spread_of_points(points) > 100.0,
                ..Axis::default()
            },
            y: Axis {
                label: String::new(),
                log: spread > 50.0 && values().all(|value| value > 0.0 || value.is_nan()),
                ..Axis::default()
            },
            lines,
            dots: points.len() < 16,
        }
    }

    fn rate(&self, title: &str, count: fn(&Interval) -> u64) -> LineChart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => rates(record, count, self.stretches()),
        });
        let peaks = lines.iter().map(|line| {
            let rates = line.points.iter().map(|point| point.1);
            rates.fold(0.0, f64::max)
        });
        let log = spread(peaks) > 50.0;
        let mut chart = self.over_time(title, lines);
        chart.y.log = log;
        chart
    }

    fn completion(&self) -> LineChart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => completion(record),
        });
        self.over_time("Calls that have succeeded so far, in percent of all", lines)
    }

    fn attempts(&self) -> LineChart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => at_least(record),
        });
        LineChart {
            title: "Calls that take at least so many attempts, in percent".to_owned(),
            x: Axis {
                label: "attempts".to_owned(),
                whole: true,
                ..Axis::default()
            },
            y: Axis::default(),
            lines,
            dots: false,
        }
    }

    fn over_time(&self, title: &str, lines: Vec<Line>) -> LineChart {
        LineChart {
            title: title.to_owned(),
            x: Axis {
                label: "seconds".to_owned(),
                log: self.stretches(),
                ..Axis::default()
            },
            y: Axis::default(),
            lines,
            dots: false,
        }
    }

    /// Whether some policies take so much longer than others that time is best drawn logarithmically.
    fn stretches(&self) -> bool {
        let policies = 0..self.scenario.policies().len();
        let records = policies.filter_map(|policy| self.record(policy));
        spread(records.map(|record| record.ended as f64)) > 6.0
    }

    fn lines(&self, points: impl Fn(usize) -> Vec<(f64, f64)>) -> Vec<Line> {
        let policies = self.scenario.policies().iter().enumerate();
        policies
            .map(|(policy, entry)| Line {
                name: entry.name.clone(),
                points: points(policy),
            })
            .collect()
    }

    fn record(&self, policy: usize) -> Option<&Record> {
        self.study.cell(self.point, policy).record()
    }
}

/// The rate of a column over time, in about a hundred points; of growing distance where time is drawn
/// logarithmically.
fn rates(record: &Record, count: fn(&Interval) -> u64, log: bool) -> Vec<(f64, f64)> {
    let intervals = record.series.intervals();
    let length = record.series.interval_length();
    let even = intervals.len().div_ceil(128).max(1);
    let mut points = Vec::new();
    let mut from = 0;
    while from < intervals.len() {
        let width = if log { from / 12 + 1 } else { even };
        let to = (from + width).min(intervals.len());
        let sum: u64 = intervals[from..to].iter().map(count).sum();
        let seconds = (to - from) as f64 * length;
        let middle = (from + to) as f64 / 2.0 * length;
        points.push((middle, sum as f64 / (seconds * record.runs as f64)));
        from = to;
    }
    // The last one is cut short by the end of the run.
    if points.len() > 16 {
        points.pop();
    }
    points
}

fn completion(record: &Record) -> Vec<(f64, f64)> {
    let length = record.series.interval_length();
    let mut succeeded = 0;
    let intervals = record.series.intervals().iter().enumerate();
    intervals
        .map(|(index, counts)| {
            succeeded += counts.succeeded;
            let share = 100.0 * succeeded as f64 / record.calls as f64;
            ((index + 1) as f64 * length, share)
        })
        .collect()
}

fn at_least(record: &Record) -> Vec<(f64, f64)> {
    let all: u64 = record.attempts_per_call.iter().sum();
    let last = record
        .attempts_per_call
        .iter()
        .rposition(|calls| *calls > 0)
        .unwrap_or_default();
    let mut left = all;
    (1..=last)
        .map(|attempts| {
            let share = 100.0 * left as f64 / all as f64;
            left -= record.attempts_per_call[attempts];
            (attempts as f64, share)
        })
        .collect()
}

/// The largest positive value over the smallest.
fn spread(values: impl Iterator<Item = f64>) -> f64 {
    let positive = values.filter(|value| *value > 0.0);
    let (low, high) = positive.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| {
        (low.min(v), high.max(v))
    });
    high / low
}

fn spread_of_points(points: &[f64]) -> f64 {
    if points.contains(&0.0) {
        return 1.0;
    }
    spread(points.iter().copied())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
