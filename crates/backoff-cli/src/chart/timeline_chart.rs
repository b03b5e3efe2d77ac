//! When each retry is made, as SVG.

use std::time::Duration;

use maud::{Markup, html};

use super::scale::round_up;
use super::style::{colour, px, svg};
use crate::text;

/// Shows when each retry is made: a bar from 5 % to 95 % of the calls, and a dot at half of them.
#[derive(Debug)]
pub(crate) struct TimelineChart {
    pub(crate) rows: Vec<TimelineRow>,
    /// When the last retry of all is made.
    pub(crate) end: Duration,
    pub(crate) deadline: Option<Duration>,
}

/// When one retry is made.
#[derive(Debug)]
pub(crate) struct TimelineRow {
    /// By when 5 % of the calls make it.
    pub(crate) early: Duration,
    /// By when half of the calls make it.
    pub(crate) median: Duration,
    /// By when 95 % of the calls make it.
    pub(crate) late: Duration,
    /// The share of the calls that make it.
    pub(crate) share: f64,
}

const LEFT: f64 = 52.0;
const RIGHT: f64 = 460.0;
const TOP: f64 = 44.0;
const ROW: f64 = 22.0;

impl TimelineChart {
    /// Draws the chart as a document of its own.
    pub(crate) fn document(&self) -> String {
        let bottom = TOP + ROW * (self.rows.len() as f64 + 0.3);
        let end = self.end();
        let x = |time: Duration| LEFT + (RIGHT - LEFT) * time.as_secs_f64() / end.as_secs_f64();
        let drawing = html! {
            @for tick in ticks(end) {
                (vertical(x(tick), bottom, None))
                text.soft x=(px(x(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (text::duration(tick)) }
            }
            @for (index, retry) in self.rows.iter().enumerate() {
                (row(index, retry, x))
            }
            @if let Some(deadline) = self.near_deadline() {
                (vertical(x(deadline), bottom, Some("deadline")))
            }
            text.soft x=(RIGHT) y=(px(bottom + 34.0)) text-anchor="end" {
                "dot: half of the calls; bar: from 5 % to 95 % of them"
            }
        };
        svg(bottom + 42.0, "When each retry is made", true, &drawing)
    }

    /// Returns the deadline, unless it is so far beyond the last retry that it would squeeze the rest.
    fn near_deadline(&self) -> Option<Duration> {
        let limit = self.end.saturating_mul(2);
        self.deadline.filter(|deadline| *deadline <= limit)
    }

    /// Returns the time at the right edge.
    fn end(&self) -> Duration {
        let deadline = self.near_deadline().unwrap_or_default();
        deadline.max(self.end).max(Duration::from_nanos(1))
    }
}

/// Draws a line from top to bottom: one of the grid, or one with a title.
fn vertical(x: f64, bottom: f64, title: Option<&str>) -> Markup {
    let path = format!("M{x:.1} {:.1}V{bottom:.1}", TOP - 12.0);
    html! {
        @if let Some(title) = title {
            path stroke=(colour(0)) stroke-width="1.8" d=(path) {
                title { (title) }
            }
        } @else {
            path.grid d=(path) {}
        }
    }
}

/// Draws a retry. The fewer calls make it, the paler it is.
fn row(index: usize, row: &TimelineRow, x: impl Fn(Duration) -> f64) -> Markup {
    let y = TOP + ROW * (index as f64 + 0.4);
    let [early, median, late] = [row.early, row.median, row.late].map(x);
    let opacity = format!("{:.2}", 0.25 + 0.75 * row.share);
    let bar = format!("M{early:.1} {y:.1}H{late:.1}");
    html! {
        text.soft x=(LEFT - 12.0) y=(px(y + 4.0)) text-anchor="end" { (index + 1) }
        g opacity=(opacity) {
            path stroke=(colour(1)) stroke-width="8" stroke-linecap="round" stroke-opacity=".45" d=(bar) {}
            circle cx=(px(median)) cy=(px(y)) r="4" fill=(colour(1)) {}
        }
    }
}

fn ticks(end: Duration) -> impl Iterator<Item = Duration> {
    let step = round_up(end.as_secs_f64() / 5.0);
    // A tick that no duration holds is beyond the end.
    let tick = move |number| Duration::try_from_secs_f64(f64::from(number) * step).ok();
    let all = (0..=5).filter_map(tick);
    all.filter(move |tick| *tick <= end)
}
