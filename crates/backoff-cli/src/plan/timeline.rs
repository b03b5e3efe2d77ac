//! A plan as a chart.

use super::retry_plan::{RetryPlan, quantile};
use crate::chart::{TimelineChart, TimelineRow};
use crate::text;

/// Makes the chart of when each retry is made.
pub(super) fn chart(plan: &RetryPlan) -> TimelineChart {
    let rows = plan.retries.iter().map(|retry| TimelineRow {
        window: text::duration(retry.window),
        range: retry.made.map(|made| (made.least, made.most)),
        usual: (quantile(&retry.times, 0.05), quantile(&retry.times, 0.95)),
        median: quantile(&retry.times, 0.5),
        share: retry.share(),
    });
    TimelineChart {
        rows: rows.collect(),
        end: plan.total.most,
        deadline: plan.deadline,
        goes_on: plan.goes_on,
    }
}
