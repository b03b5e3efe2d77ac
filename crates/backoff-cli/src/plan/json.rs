//! A plan as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::bounds::Bounds;
use super::retry_plan::{PlannedRetry, RetryPlan, quantile};

/// Writes a plan as JSON. All times are in seconds.
pub(super) fn json(plan: &RetryPlan) -> String {
    let retries = plan.retries.iter().enumerate();
    let value = json!({
        "deadline_s": plan.deadline.map(seconds),
        "retries": retries.map(|(index, it)| retry(index + 1, it)).collect::<Vec<_>>(),
        "more_retries_follow": plan.goes_on,
        "total_s": distribution(plan.total, &plan.totals),
    });
    format!("{value:#}\n")
}

fn retry(number: usize, retry: &PlannedRetry) -> Value {
    let Bounds { least, most } = retry.delay;
    json!({
        "retry": number,
        "window_s": seconds(retry.window),
        "delay_s": { "least": seconds(least), "most": seconds(most) },
        "made_by": retry.share(),
        "made_at_s": retry.made.map(|made| distribution(made, &retry.times)),
    })
}

fn distribution(bounds: Bounds, sorted: &[Duration]) -> Value {
    json!({
        "least": seconds(bounds.least),
        "p05": seconds(quantile(sorted, 0.05)),
        "median": seconds(quantile(sorted, 0.5)),
        "p95": seconds(quantile(sorted, 0.95)),
        "p99": seconds(quantile(sorted, 0.99)),
        "most": seconds(bounds.most),
    })
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
