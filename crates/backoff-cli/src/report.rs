//! The report of a study: one page, with charts.

use std::fmt::Write as _;

use backoff_sim::{ATTEMPTS, METRICS, Metric, Record, SUCCEEDED, Scenario, Study};

use crate::chart::{Axis, Chart, Line, STYLE, escape, short};
use crate::simulate::{columns, value};

/// The report of a study, with a close look at one of its points.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) study: &'a Study,
    pub(crate) point: usize,
}

const PAGE: &str = "\
:root{color-scheme:light dark;--ink:#222;--soft:#5f5f5f;--edge:#ddd;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e6e6;--soft:#a5a5a5;--edge:#333;--paper:#161616}}\
*{box-sizing:border-box}body{margin:0 auto;padding:1rem;max-width:72rem;color:var(--ink);background:var(--paper);\
font:1rem/1.5 system-ui,sans-serif}h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}\
p{max-width:44rem}.soft{color:var(--soft)}\
.charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}\
.charts figure{margin:0;border:1px solid var(--edge);border-radius:.5rem;overflow:hidden}.charts svg{display:block;width:100%;height:auto}\
.scroll{overflow-x:auto}table{margin:1rem 0;border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}\
th,td{padding:.3rem .75rem .3rem 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--edge)}\
th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}\
th:first-child,td:first-child{position:sticky;left:0;background:var(--paper)}\
@media(max-width:40rem){td:first-child{white-space:normal;min-width:6.5rem}}\
dl{font-size:.875rem;display:grid;grid-template-columns:max-content 1fr;gap:.25rem .75rem}dd{margin:0;color:var(--soft)}\
summary{cursor:pointer}";

impl Report<'_> {
    pub(crate) fn to_html(&self) -> String {
        let (title, about) = (escape(self.scenario.title()), escape(self.scenario.about()));
        let about = about.replace("\n\n", "</p><p>");
        let (sweep, course): (Vec<_>, Vec<_>) = self
            .charts()
            .into_iter()
            .partition(|(name, _)| name.starts_with("by-"));
        let figures = |charts: Vec<(String, Chart)>| {
            let figures = charts
                .iter()
                .map(|(_, chart)| format!("<figure>{}</figure>", chart.inline()));
            format!(
                "<div class=\"charts\">{}</div>",
                figures.collect::<String>()
            )
        };
        let mut body = format!("<h1>{title}</h1><p>{about}</p>");
        if let Some(swept) = self.scenario.swept() {
            let _ = write!(body, "<h2>By {}</h2>{}", escape(swept), figures(sweep));
        }
        let _ = write!(
            body,
            "<h2>{}</h2>{}",
            escape(&self.heading()),
            figures(course)
        );
        let _ = write!(body, "{}", self.table([self.point]));
        if self.scenario.points().len() > 1 {
            let all = self.table(0..self.scenario.points().len());
            let _ = write!(
                body,
                "<details><summary>All {} points</summary>{all}</details>",
                self.scenario.points().len()
            );
        }
        body.push_str(&self.meanings());
        let (runs, seed) = (self.scenario.runs(), self.scenario.seed());
        let s = if runs == 1 { "" } else { "s" };
        let _ = write!(
            body,
            "<p class=\"soft\">{runs} run{s} of each policy at each point, seed {seed}. Means and standard errors; the charts over time add all runs up.</p>"
        );
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
<link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{PAGE}{STYLE}</style></head><body>{body}</body></html>\n"
        )
    }

    /// All charts that show anything, each with a name for a file.
    pub(crate) fn charts(&self) -> Vec<(String, Chart)> {
        let mut charts = Vec::new();
        if self.scenario.swept().is_some() {
            let metrics = columns(self.scenario, self.study).into_iter();
            charts.extend(metrics.map(|metric| {
                (
                    format!("by-{}", METRICS[metric].name),
                    self.by_sweep(metric),
                )
            }));
        }
        charts.push((
            "load".to_owned(),
            self.rate("Attempts that reach the server, per second", ATTEMPTS),
        ));
        charts.push((
            "goodput".to_owned(),
            self.rate("Goodput: calls that succeed, per second", SUCCEEDED),
        ));
        charts.push(("completion".to_owned(), self.completion()));
        charts.push(("attempts".to_owned(), self.attempts()));
        charts
            .retain(|(_, chart)| !chart.is_empty() && (chart.lines.len() < 2 || !chart.is_flat()));
        charts
    }

    fn heading(&self) -> String {
        match self.scenario.swept() {
            None => "Over time".to_owned(),
            Some(swept) => {
                let value = short(self.scenario.points()[self.point]);
                format!("Over time, at {swept} = {value}")
            }
        }
    }

    fn by_sweep(&self, metric: usize) -> Chart {
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
        Chart {
            title: capital(METRICS[metric].about),
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

    fn rate(&self, title: &str, column: usize) -> Chart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => rates(record, column, self.stretches()),
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

    fn completion(&self) -> Chart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => completion(record),
        });
        self.over_time("Calls that have succeeded so far, in percent of all", lines)
    }

    fn attempts(&self) -> Chart {
        let lines = self.lines(|policy| match self.record(policy) {
            None => Vec::new(),
            Some(record) => at_least(record),
        });
        Chart {
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

    fn over_time(&self, title: &str, lines: Vec<Line>) -> Chart {
        Chart {
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

    fn table(&self, points: impl IntoIterator<Item = usize>) -> String {
        let columns = columns(self.scenario, self.study);
        let mut rows = String::new();
        for point in points {
            for (policy, entry) in self.scenario.policies().iter().enumerate() {
                let at = self
                    .scenario
                    .swept()
                    .map_or(String::new(), |_| short(self.scenario.points()[point]));
                let _ = write!(rows, "<tr><td>{}</td><td>{at}</td>", escape(&entry.name));
                for metric in &columns {
                    let _ = write!(
                        rows,
                        "<td>{}</td>",
                        value(self.study.cell(point, policy).summary(*metric))
                    );
                }
                rows.push_str("</tr>");
            }
        }
        let head = columns
            .iter()
            .map(|metric| format!("<th>{}</th>", METRICS[*metric].name));
        let swept = escape(self.scenario.swept().unwrap_or_default());
        format!(
            "<div class=\"scroll\"><table><tr><th>policy</th><th>{swept}</th>{}</tr>{rows}</table></div>",
            head.collect::<String>()
        )
    }

    /// What the columns of the tables mean.
    fn meanings(&self) -> String {
        let columns = columns(self.scenario, self.study).into_iter();
        let meanings = columns.map(|metric| {
            let Metric { name, about, .. } = METRICS[metric];
            format!("<dt>{name}</dt><dd>{about}</dd>")
        });
        format!("<dl>{}</dl>", meanings.collect::<String>())
    }
}

/// The rate of a column over time, in about a hundred points; of growing distance where time is drawn
/// logarithmically.
fn rates(record: &Record, column: usize, log: bool) -> Vec<(f64, f64)> {
    let intervals = record.series.intervals();
    let length = record.series.interval();
    let even = intervals.len().div_ceil(128).max(1);
    let mut points = Vec::new();
    let mut from = 0;
    while from < intervals.len() {
        let width = if log { from / 12 + 1 } else { even };
        let to = (from + width).min(intervals.len());
        let sum: u64 = intervals[from..to]
            .iter()
            .map(|counts| counts[column])
            .sum();
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
    let length = record.series.interval();
    let mut succeeded = 0;
    let intervals = record.series.intervals().iter().enumerate();
    intervals
        .map(|(index, counts)| {
            succeeded += counts[SUCCEEDED];
            let share = 100.0 * succeeded as f64 / record.calls as f64;
            ((index + 1) as f64 * length, share)
        })
        .collect()
}

fn at_least(record: &Record) -> Vec<(f64, f64)> {
    let all: u64 = record.tries.iter().sum();
    let last = record
        .tries
        .iter()
        .rposition(|calls| *calls > 0)
        .unwrap_or_default();
    let mut left = all;
    (1..=last)
        .map(|attempts| {
            let share = 100.0 * left as f64 / all as f64;
            left -= record.tries[attempts];
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
