//! How far results are from another table.

use std::fmt::Write as _;

use backoff_sim::{Comparison, Metric, Scenario};

use crate::text;

/// Writes that all numbers agree with those of another table; else also, for each metric, a table of distances.
pub(crate) fn comparison(scenario: &Scenario, name: &str, comparisons: &[Comparison]) -> String {
    let far = comparisons.iter().filter(|it| !it.agrees()).count();
    let distances = comparisons.iter().map(|it| it.errors.abs());
    let farthest = distances.fold(0.0, f64::max);
    let all = comparisons.len();
    if far == 0 {
        let within = if farthest >= 0.05 {
            format!(", within {farthest:.1} standard errors")
        } else {
            String::new()
        };
        return format!("\nAll {all} numbers agree with {name}{within}.\n");
    }
    let mut text = format!(
        "\n{far} of {all} numbers are more than 4 standard errors off those of {name}; the farthest is {farthest:.1} off.\n"
    );
    for metric in Metric::ALL {
        let of_metric = comparisons.iter().filter(|it| it.metric == metric);
        distance_table(&mut text, scenario, metric, &of_metric.collect::<Vec<_>>());
    }
    text
}

fn distance_table(
    text: &mut String,
    scenario: &Scenario,
    metric: Metric,
    comparisons: &[&Comparison],
) {
    if comparisons.is_empty() {
        return;
    }
    let policies = scenario.policies().iter().map(|entry| &entry.name);
    let policies: Vec<_> = policies
        .filter(|name| comparisons.iter().any(|it| it.policy == **name))
        .collect();
    let swept = scenario.swept().unwrap_or_default();
    let _ = write!(
        text,
        "\n{}, distance in standard errors\n{swept:>10}",
        metric.name()
    );
    for name in &policies {
        let _ = write!(text, "  {:>18}", text::one_line(name));
    }
    text.push('\n');
    for point in scenario.points() {
        let _ = write!(text, "{:>10}", text::number(*point));
        for name in &policies {
            let mut found = comparisons.iter();
            let found = found.find(|it| it.policy == **name && it.point == *point);
            let cell = found.map_or("-".to_owned(), |it| {
                format!("{:+.2}{}", it.errors, if it.agrees() { "" } else { " !" })
            });
            let _ = write!(text, "  {cell:>18}");
        }
        text.push('\n');
    }
}
