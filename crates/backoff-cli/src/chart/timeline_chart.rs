//! When each retry is made, as SVG.

use std::time::Duration;

use maud::{Markup, html};

use super::scale::round_up;
use super::style::{colour, px, svg};
use crate::text;

/// Shows when each retry is made: a line from the earliest to the latest time, a bar for 90 % of the calls, and a dot at
/// half of them.
#[derive(Debug)]
pub(crate) struct TimelineChart {
    pub(crate) rows: Vec<TimelineRow>,
    /// When the last retry of all is made at the latest.
    pub(crate) end: Duration,
    pub(crate) deadline: Option<Duration>,
    /// Whether more retries follow.
    pub(crate) goes_on: bool,
}

/// When one retry is made.
#[derive(Debug)]
pub(crate) struct TimelineRow {
    /// The delay before jitter, as text.
    pub(crate) window: String,
    /// At the earliest and at the latest; `None` if the deadline always prevents it.
    pub(crate) range: Option<(Duration, Duration)>,
    /// By when 5 % and 95 % of the calls make it.
    pub(crate) usual: (Duration, Duration),
    /// By when half of the calls make it.
    pub(crate) median: Duration,
    /// The share of the calls that make it.
    pub(crate) share: f64,
}

const NUMBER: f64 = 40.0;
const WINDOW: f64 = 104.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = 452.0;
const HEAD: f64 = 44.0;
const TOP: f64 = 58.0;
const ROW: f64 = 24.0;

impl TimelineChart {
    /// Draws the chart as a document of its own.
    pub(crate) fn document(&self) -> String {
        let rows = self.rows.len() + usize::from(self.goes_on);
        let bottom = TOP + ROW * (rows.max(1) as f64 + 0.2);
        let end = self.end();
        let x = |time: Duration| LEFT + (RIGHT - LEFT) * time.as_secs_f64() / end.as_secs_f64();
        let drawing = html! {
            text.soft x=(NUMBER) y=(HEAD) text-anchor="end" { "retry" }
            text.soft x=(WINDOW) y=(HEAD) text-anchor="end" { "window" }
            @for tick in ticks(end) {
                path.grid d=(vertical(x(tick), bottom)) {}
                text.soft x=(px(x(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (text::duration(tick)) }
            }
            @for (index, row) in self.rows.iter().enumerate() {
                (labels(index, row))
                (marks(index, row, x))
            }
            @if self.goes_on {
                text.soft x=(NUMBER) y=(px(TOP + ROW * (self.rows.len() as f64 + 0.55))) text-anchor="end" { "…" }
            }
            (self.deadline(x, bottom))
            text.soft x=(RIGHT) y=(px(bottom + 34.0)) text-anchor="end" { "time since the first attempt, if all fail at once" }
            (legend(bottom + 58.0))
        };
        svg(bottom + 70.0, "When each retry is made", true, &drawing)
    }

    /// Draws the deadline, or says that it is far beyond the right edge.
    fn deadline(&self, x: impl Fn(Duration) -> f64, bottom: f64) -> Markup {
        let Some(deadline) = self.deadline else {
            return html! { text.soft x=(RIGHT) y=(HEAD) text-anchor="end" { "no deadline" } };
        };
        let label = format!("deadline {}", text::duration(deadline));
        if self.near_deadline().is_none() {
            return html! { text.soft x=(RIGHT) y=(HEAD) text-anchor="end" { (label) " →" } };
        }
        let at = x(deadline);
        html! {
            path stroke=(colour(0)) stroke-width="1.8" d=(vertical(at, bottom)) {}
            text x=(px(at.max(LEFT + 96.0))) y=(HEAD) text-anchor="end" style={ "fill:" (colour(0)) } { (label) }
        }
    }

    /// Returns the deadline, unless it is so far beyond the last retry that it would squeeze the rest.
    fn near_deadline(&self) -> Option<Duration> {
        let limit = self.end.saturating_mul(2);
        let is_cut = self.rows.iter().any(|row| row.range.is_none());
        self.deadline
            .filter(|deadline| is_cut || *deadline <= limit)
    }

    /// Returns the time at the right edge.
    fn end(&self) -> Duration {
        let deadline = self.near_deadline().unwrap_or_default();
        deadline.max(self.end).max(Duration::from_nanos(1))
    }
}

fn vertical(x: f64, bottom: f64) -> String {
    format!("M{x:.1} {:.1}V{bottom:.1}", TOP - 8.0)
}

/// Returns the middle of a row.
fn middle(index: usize) -> f64 {
    TOP + ROW * (index as f64 + 0.5)
}

fn labels(index: usize, row: &TimelineRow) -> Markup {
    let y = px(middle(index) + 4.0);
    html! {
        text x=(NUMBER) y=(y) text-anchor="end" { (index + 1) }
        text.soft x=(WINDOW) y=(y) text-anchor="end" { (row.window) }
    }
}

/// Draws when a retry is made. The fewer calls make it, the paler it is.
fn marks(index: usize, row: &TimelineRow, x: impl Fn(Duration) -> f64) -> Markup {
    let y = middle(index);
    let Some((earliest, latest)) = row.range else {
        return html! { text.soft x=(LEFT + 8.0) y=(px(y + 4.0)) { "cut off by the deadline" } };
    };
    let opacity = format!("{:.2}", 0.35 + 0.65 * row.share);
    let share = format!("{} % of the calls", text::number(100.0 * row.share));
    html! {
        g opacity=(opacity) {
            title { (share) }
            (mark((x(earliest), x(latest)), (x(row.usual.0), x(row.usual.1)), x(row.median), y))
        }
    }
}

fn mark(range: (f64, f64), usual: (f64, f64), median: f64, y: f64) -> Markup {
    let line = |(from, to): (f64, f64)| format!("M{from:.1} {y:.1}H{to:.1}");
    html! {
        path stroke=(colour(1)) stroke-width="2" stroke-linecap="round" d=(line(range)) {}
        path stroke=(colour(1)) stroke-width="9" stroke-opacity=".45" d=(line(usual)) {}
        circle cx=(px(median)) cy=(px(y)) r="4.5" fill=(colour(1)) {}
    }
}

fn legend(y: f64) -> Markup {
    html! {
        (mark((12.0, 74.0), (22.0, 60.0), 41.0, y - 4.0))
        text.soft x="86" y=(px(y)) { "line: earliest to latest; bar: 90 % of calls; dot: half" }
    }
}

fn ticks(end: Duration) -> impl Iterator<Item = Duration> {
    let step = round_up(end.as_secs_f64() / 5.0);
    // A tick that no duration holds is beyond the end.
    let tick = move |number| Duration::try_from_secs_f64(f64::from(number) * step).ok();
    let all = (0..=5).filter_map(tick);
    all.filter(move |tick| *tick <= end)
}
