//! When each retry is made, as SVG.

use std::fmt::Write as _;
use std::time::Duration;

use super::scale::round_up;
use super::style::{STYLE, colour, open};
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
        let last = self.end;
        // A deadline far beyond the last retry would squeeze the rest.
        let deadline = self
            .deadline
            .filter(|deadline| *deadline <= last.saturating_mul(2));
        let end = deadline
            .unwrap_or(last)
            .max(last)
            .max(Duration::from_nanos(1));
        let x = |moment: Duration| LEFT + (RIGHT - LEFT) * moment.as_secs_f64() / end.as_secs_f64();
        let bottom = TOP + ROW * (self.rows.len() as f64 + 0.3);
        let style = format!("<style>{STYLE}</style>");
        let mut svg = open(bottom + 42.0, "When each retry is made", &style);
        for tick in ticks(end) {
            let (at, label) = (x(tick), text::duration(tick));
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{at:.1} {}V{bottom:.1}"/><text class="soft" x="{at:.1}" y="{:.1}" text-anchor="middle">{label}</text>"#,
                TOP - 12.0,
                bottom + 16.0,
            );
        }
        for (index, retry) in self.rows.iter().enumerate() {
            svg.push_str(&row(index, retry, x));
        }
        if let Some(deadline) = deadline {
            let (at, colour) = (x(deadline), colour(0));
            let _ = write!(
                svg,
                r#"<path stroke="{colour}" stroke-width="1.8" d="M{at:.1} {}V{bottom:.1}"><title>deadline</title></path>"#,
                TOP - 12.0,
            );
        }
        let _ = writeln!(
            svg,
            r#"<text class="soft" x="{RIGHT}" y="{:.1}" text-anchor="end">dot: half of the calls; bar: from 5 % to 95 % of them</text></svg>"#,
            bottom + 34.0,
        );
        svg
    }
}

/// Draws a retry. The fewer calls make it, the paler it is.
fn row(index: usize, row: &TimelineRow, x: impl Fn(Duration) -> f64) -> String {
    let y = TOP + ROW * (index as f64 + 0.4);
    let [early, middle, late] = [row.early, row.median, row.late].map(x);
    let (opacity, colour) = (0.25 + 0.75 * row.share, colour(1));
    format!(
        r#"<text class="soft" x="{}" y="{:.1}" text-anchor="end">{}</text><g opacity="{opacity:.2}"><path stroke="{colour}" stroke-width="8" stroke-linecap="round" stroke-opacity=".45" d="M{early:.1} {y:.1}H{late:.1}"/><circle cx="{middle:.1}" cy="{y:.1}" r="4" fill="{colour}"/></g>"#,
        LEFT - 12.0,
        y + 4.0,
        index + 1,
    )
}

fn ticks(end: Duration) -> impl Iterator<Item = Duration> {
    let step = round_up(end.as_secs_f64() / 5.0);
    let all = (0..=5).map(move |number| Duration::from_secs_f64(f64::from(number) * step));
    all.filter(move |tick| *tick <= end)
}
