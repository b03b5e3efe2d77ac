//! A plan as SVG: when each retry is made.

use std::fmt::Write as _;
use std::time::Duration;

use crate::chart::{STYLE, colour, open, round_up};
use crate::plan::{Plan, Retry, quantile};
use crate::span::span;

const LEFT: f64 = 52.0;
const RIGHT: f64 = 460.0;
const TOP: f64 = 44.0;
const ROW: f64 = 22.0;

/// Draws when each retry is made: nine calls of ten within the bar, half of them by the dot.
pub(crate) fn timeline(plan: &Plan) -> String {
    let last = plan.waits.last().copied().unwrap_or_default();
    // A deadline that is far off would squeeze the rest together.
    let deadline = plan.deadline.filter(|deadline| *deadline <= 2 * last);
    let end = deadline
        .unwrap_or(last)
        .max(last)
        .max(Duration::from_nanos(1));
    let x = |moment: Duration| LEFT + (RIGHT - LEFT) * moment.as_secs_f64() / end.as_secs_f64();
    let bottom = TOP + ROW * (plan.retries.len() as f64 + 0.3);
    let style = format!("<style>{STYLE}</style>");
    let mut svg = open(bottom + 42.0, "When each retry is made", &style);
    for tick in ticks(end) {
        let (at, label) = (x(tick), span(tick));
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{at:.1} {}V{bottom:.1}"/><text class="soft" x="{at:.1}" y="{:.1}" text-anchor="middle">{label}</text>"#,
            TOP - 12.0,
            bottom + 16.0,
        );
    }
    for (index, retry) in plan.retries.iter().enumerate() {
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

/// A retry; the fewer calls come to it, the paler.
fn row(index: usize, retry: &Retry, x: impl Fn(Duration) -> f64) -> String {
    let y = TOP + ROW * (index as f64 + 0.4);
    let [early, middle, late] = [0.05, 0.5, 0.95].map(|share| x(quantile(&retry.moments, share)));
    let (opacity, colour) = (0.25 + 0.75 * retry.share(), colour(1));
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
