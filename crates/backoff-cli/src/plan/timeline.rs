//! A plan as a chart.

use super::retry_plan::{RetryPlan, quantile};
use crate::chart::{TimelineChart, TimelineRow};

/// Makes the chart of when each retry is made.
pub(super) fn chart(plan: &RetryPlan) -> TimelineChart {
    let rows = plan.retries.iter().map(|retry| TimelineRow {
        early: quantile(&retry.times, 0.05),
        median: quantile(&retry.times, 0.5),
        late: quantile(&retry.times, 0.95),
        share: retry.share(),
    });
    TimelineChart {
        rows: rows.collect(),
        end: plan.delays.last().copied().unwrap_or_default(),
        deadline: plan.deadline,
    }
}
