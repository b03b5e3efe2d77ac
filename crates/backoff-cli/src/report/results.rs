//! The results of a study as a table.

use std::fmt::Write as _;

use backoff_sim::{Metric, Scenario, Study, Summary};

use crate::text;

/// Writes the results as a table with a line for each policy at each point.
pub(crate) fn results(scenario: &Scenario, study: &Study) -> String {
    let metrics = metrics(scenario, study);
    let swept = scenario.swept().unwrap_or_default();
    let title = text::one_line(scenario.title());
    let mut text = format!("{title}\n\n{swept:>10}  {:<24}", "policy");
    for metric in &metrics {
        let _ = write!(text, "{:>19}", metric.name());
    }
    text.push('\n');
    for (index, point) in scenario.points().iter().enumerate() {
        for (policy, entry) in scenario.policies().iter().enumerate() {
            let point = if swept.is_empty() {
                String::new()
            } else {
                text::number(*point)
            };
            let name = text::one_line(&entry.name);
            let _ = write!(text, "{point:>10}  {name:<24}");
            for metric in &metrics {
                let value = value(study.cell(index, policy).summary(*metric));
                let _ = write!(text, "{value:>19}");
            }
            text.push('\n');
        }
    }
    text.push_str("\nMeans and standard errors. ");
    for metric in metrics {
        let _ = write!(text, "{}: {}. ", metric.name(), metric.about());
    }
    text.push('\n');
    text
}

/// Returns the metrics that have a value somewhere in the study.
pub(super) fn metrics(scenario: &Scenario, study: &Study) -> Vec<Metric> {
    let cells = || {
        (0..scenario.points().len()).flat_map(move |point| {
            (0..scenario.policies().len()).map(move |policy| study.cell(point, policy))
        })
    };
    let has_value = |metric: &Metric| cells().any(|cell| cell.summary(*metric).count > 0);
    Metric::ALL.into_iter().filter(has_value).collect()
}

/// Writes a mean with its standard error, unless that rounds to 0.
pub(super) fn value(summary: Summary) -> String {
    let mean = text::number(summary.mean);
    let error = text::number(summary.standard_error());
    match (summary.count, error.as_str()) {
        (0, _) => "-".to_owned(),
        (_, "0") => mean,
        _ => format!("{mean} ± {error}"),
    }
}
