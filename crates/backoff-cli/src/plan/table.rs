//! A plan as a table.

use std::fmt::Write as _;
use std::time::Duration;

use backoff_core::nanos;

use super::retry_plan::{PlannedRetry, RetryPlan, quantile};
use crate::text::{self, Unit};

/// Writes a plan as a table of this width.
pub(super) fn table(plan: &RetryPlan, columns: usize) -> String {
    let mut text = lines(plan, columns);
    if plan.retries.is_empty() {
        text.push_str("    -  never retried\n");
    }
    if plan.goes_on {
        text.push_str("   ..  and so on\n");
    }
    totals(&mut text, plan, columns);
    text
}

/// Writes how long a call waits in all.
fn totals(text: &mut String, plan: &RetryPlan, columns: usize) {
    let totals = [
        ("least", plan.total.least),
        ("5 %", quantile(&plan.totals, 0.05)),
        ("half", quantile(&plan.totals, 0.5)),
        ("95 %", quantile(&plan.totals, 0.95)),
        ("99 %", quantile(&plan.totals, 0.99)),
        ("most", plan.total.most),
    ];
    let unit = Unit::for_all(totals.map(|(_, total)| total));
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
    let _ = writeln!(text, " ({}):", unit.name);
    for (name, total) in totals {
        let _ = writeln!(text, "  {name:<7} {:>8}", unit.number(total));
    }
    let deadline = plan.deadline.map(text::duration);
    let deadline = deadline.map_or("There is no deadline.".to_owned(), |it| {
        format!("The deadline is {it}.")
    });
    let _ = writeln!(text, "{deadline}");
}

/// The width of the columns before the bars.
const BEFORE_BARS: usize = 69;
/// The least room for bars that is used.
const MIN_BAR: usize = 8;
/// The most room for bars that is used.
const MAX_BAR: usize = 36;

/// The units of the columns of times.
struct Units {
    window: Unit,
    delay: Unit,
    made: Unit,
}

/// Writes a line for each retry, with the columns that fit.
fn lines(plan: &RetryPlan, columns: usize) -> String {
    let retries = || plan.retries.iter();
    let units = Units {
        window: Unit::for_all(retries().map(|it| it.window)),
        delay: Unit::for_all(retries().flat_map(|it| [it.delay.least, it.delay.most])),
        made: Unit::for_all(
            retries().flat_map(|it| [0.5, 0.95].map(|share| quantile(&it.times, share))),
        ),
    };
    let longest = retries().map(|retry| retry.delay.most).max();
    let room = columns.saturating_sub(BEFORE_BARS).min(MAX_BAR);
    let head = [
        "retry", "window", "delay", "half by", "95% by", "made by", "delays",
    ];
    let mut text = line(head.map(str::to_owned), columns);
    let in_unit = |unit: Unit| format!("({})", unit.name);
    let units_line = [
        String::new(),
        in_unit(units.window),
        in_unit(units.delay),
        in_unit(units.made),
        in_unit(units.made),
        "(calls)".to_owned(),
        String::new(),
    ];
    text.push_str(&line(units_line, columns));
    for (index, retry) in retries().enumerate() {
        let bar = bar(retry, longest.unwrap_or_default(), room);
        let [window, delay, half, most, made] = cells(retry, &units);
        text.push_str(&line(
            [
                (index + 1).to_string(),
                window,
                delay,
                half,
                most,
                made,
                bar,
            ],
            columns,
        ));
    }
    text
}

/// Writes the cells of a line that fit.
fn line([retry, window, delay, half, most, made, bar]: [String; 7], columns: usize) -> String {
    let cells = [
        format!("{retry:>5}  {window:>8}  {delay:<20}"),
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

fn cells(retry: &PlannedRetry, units: &Units) -> [String; 5] {
    let range = [retry.delay.least, retry.delay.most].map(|delay| units.delay.number(delay));
    let [least, most] = &range;
    let delay = if least == most {
        least.clone()
    } else {
        range.join(" .. ")
    };
    let window = units.window.number(retry.window);
    if retry.made.is_none() {
        let none = || "-".to_owned();
        return [window, delay, none(), none(), "cut off".to_owned()];
    }
    [
        window,
        delay,
        units.made.number(quantile(&retry.times, 0.5)),
        units.made.number(quantile(&retry.times, 0.95)),
        format!("{} %", text::number(100.0 * retry.share())),
    ]
}

/// Draws the range of the delay. The longest delay of all ends at the right edge.
fn bar(retry: &PlannedRetry, longest: Duration, room: usize) -> String {
    let whole = nanos::from_duration(longest).max(1) as f64;
    let cell = |delay: Duration| {
        (nanos::from_duration(delay) as f64 / whole * room as f64).round() as usize
    };
    // At least one cell, within the room.
    let from = cell(retry.delay.least).min(room.saturating_sub(1));
    let to = cell(retry.delay.most).max(from + 1);
    let stroke = if retry.made.is_some() { "━" } else { "┄" };
    format!("{}{}", " ".repeat(from), stroke.repeat(to - from))
}
