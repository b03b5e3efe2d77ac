//! A plan as a table.

use std::fmt::Write as _;
use std::time::Duration;

use backoff_core::nanos;

use super::retry_plan::{PlannedRetry, RetryPlan, quantile};
use crate::text;

/// Writes a plan as a table of this width.
pub(super) fn table(plan: &RetryPlan, columns: usize) -> String {
    let mut text = lines(plan, columns);
    if plan.retries.is_empty() {
        text.push_str("    -  never retried\n");
    }
    if plan.goes_on {
        text.push_str("   ..  and so on\n");
    }
    let gap = if columns < 90 { '\n' } else { ' ' };
    let _ = write!(
        text,
        "\nA call whose every attempt fails{gap}at once waits in all"
    );
    if plan.goes_on {
        let _ = write!(
            text,
            ",{gap}for the first {} retries",
            RetryPlan::MAX_RETRIES
        );
    }
    text.push_str(":\n");
    for (name, share) in PERCENTILES {
        let delay = text::duration(quantile(&plan.delays, share));
        let _ = writeln!(text, "  {name:<7} {delay:>8}");
    }
    let deadline = plan.deadline.map_or("none".to_owned(), text::duration);
    let _ = writeln!(text, "  deadline {deadline:>7}");
    text
}

const PERCENTILES: [(&str, f64); 6] = [
    ("least", 0.0),
    ("5 %", 0.05),
    ("half", 0.5),
    ("95 %", 0.95),
    ("99 %", 0.99),
    ("most", 1.0),
];

/// The width of the columns before the bars.
const BEFORE_BARS: usize = 67;
/// The least room for bars that is used.
const MIN_BAR: usize = 8;
/// The most room for bars that is used.
const MAX_BAR: usize = 36;

/// Writes a line for each retry, with the columns that fit.
fn lines(plan: &RetryPlan, columns: usize) -> String {
    let longest = plan.retries.iter().map(|retry| retry.longest).max();
    let room = columns.saturating_sub(BEFORE_BARS).min(MAX_BAR);
    let head = [
        "retry", "window", "delay", "half by", "95% by", "made by", "delays",
    ];
    let mut text = line(head.map(str::to_owned), columns);
    for (index, retry) in plan.retries.iter().enumerate() {
        let cells = cells(retry, index, longest.unwrap_or_default(), room);
        text.push_str(&line(cells, columns));
    }
    text
}

/// Writes the cells of a line that fit.
fn line([retry, window, delay, half, most, made, bar]: [String; 7], columns: usize) -> String {
    let cells = [
        format!("{retry:>5}  {window:>8}  {delay:<18}"),
        format!(" {half:>9}"),
        format!(" {most:>9}"),
        format!(" {made:>8}"),
    ];
    let (mut text, mut width) = (String::new(), 0);
    for cell in cells {
        width += cell.chars().count();
        if width <= columns || text.is_empty() {
            text.push_str(&cell);
        }
    }
    if columns >= BEFORE_BARS + MIN_BAR {
        text.push_str("   ");
        text.push_str(&bar);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn cells(retry: &PlannedRetry, index: usize, longest: Duration, room: usize) -> [String; 7] {
    let range = [retry.shortest, retry.longest].map(text::duration);
    let delay = if retry.shortest == retry.longest {
        text::duration(retry.longest)
    } else {
        range.join(" .. ")
    };
    [
        (index + 1).to_string(),
        text::duration(retry.window),
        delay,
        text::duration(quantile(&retry.times, 0.5)),
        text::duration(quantile(&retry.times, 0.95)),
        format!("{} %", text::number(100.0 * retry.share())),
        bar(retry, longest, room),
    ]
}

/// Draws the range of the delay. The longest delay of all ends at the right edge.
fn bar(retry: &PlannedRetry, longest: Duration, room: usize) -> String {
    let whole = nanos::from_duration(longest).max(1) as f64;
    let cell = |delay: Duration| {
        (nanos::from_duration(delay) as f64 / whole * room as f64).round() as usize
    };
    // At least one cell, within the room.
    let from = cell(retry.shortest).min(room.saturating_sub(1));
    let to = cell(retry.longest).max(from + 1);
    format!("{}{}", " ".repeat(from), "━".repeat(to - from))
}
