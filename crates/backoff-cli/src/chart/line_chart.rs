//! Line charts as SVG.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::axis::Axis;
use super::scale::Scale;
use super::style::{WIDTH, colour, px, svg};
use crate::text;

/// A chart of lines over a common axis, in the light or dark colours that the reader prefers.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineChart {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) lines: Vec<Line>,
    /// Whether points are marked, for lines of a few values.
    pub(crate) dots: bool,
}

/// A line with the name that the legend gives it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

const LEFT: f64 = 52.0;
const RIGHT: f64 = 462.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 250.0;
const LEGEND: f64 = 300.0;
const ROW: f64 = 20.0;
/// The mean width of a character of the legend, where text is largest.
const CHARACTER: f64 = 7.8;

impl LineChart {
    /// Draws the chart as a document of its own.
    pub(crate) fn document(&self) -> String {
        self.svg(true)
    }

    /// Draws the chart as a part of a page that has the [`STYLE`](super::style::STYLE).
    pub(crate) fn inline(&self) -> String {
        self.svg(false)
    }

    /// Returns whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        let is_drawn = |line: &Line| line.points.iter().any(|point| self.draws(point));
        !self.lines.iter().any(is_drawn)
    }

    /// Returns whether all lines stay at the same value, to half a percent.
    pub(crate) fn is_flat(&self) -> bool {
        let (low, high) = self.bounds(|point| point.1);
        high - low <= 0.005 * high.abs()
    }

    fn svg(&self, is_document: bool) -> String {
        let legend = self.legend();
        let x = Scale::new(&self.x, false, self.bounds(|point| point.0), (LEFT, RIGHT));
        let y = Scale::new(&self.y, true, self.bounds(|point| point.1), (BOTTOM, TOP));
        // Dashed lines come last, because a solid line would hide them.
        let lines = self.lines.iter().enumerate();
        let (dashed, solid): (Vec<_>, Vec<_>) = lines.partition(|(index, _)| is_dashed(*index));
        let drawing = html! {
            (self.axes(&x, &y))
            @for (index, line) in solid.into_iter().chain(dashed) {
                (self.line(index, line, &x, &y))
            }
            (legend.drawing)
        };
        let height = LEGEND + ROW * f64::from(legend.rows);
        svg(height, &self.title, is_document, &drawing)
    }

    /// Returns the least and the greatest of a coordinate that is drawn.
    fn bounds(&self, of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let values = points.filter(|point| self.draws(point)).map(of);
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        values.fold(bounds, |(low, high), v| (v.min(low), v.max(high)))
    }

    fn draws(&self, point: &(f64, f64)) -> bool {
        let fits = |value: f64, axis: &Axis| value.is_finite() && (!axis.log || value > 0.0);
        fits(point.0, &self.x) && fits(point.1, &self.y)
    }

    fn axes(&self, x: &Scale, y: &Scale) -> Markup {
        html! {
            @for tick in y.ticks() {
                path.grid d={ "M" (LEFT) " " (px(y.at(tick))) "H" (RIGHT) } {}
                text.soft x=(LEFT - 6.0) y=(px(y.at(tick) + 4.0)) text-anchor="end" { (text::number(tick)) }
            }
            @for tick in x.ticks() {
                path.grid d={ "M" (px(x.at(tick))) " " (BOTTOM) "v4" } {}
                text.soft x=(px(x.at(tick))) y=(BOTTOM + 17.0) text-anchor="middle" { (text::number(tick)) }
            }
            path.ink d={ "M" (LEFT) " " (BOTTOM) "H" (RIGHT) } {}
            text.soft x=(RIGHT) y=(BOTTOM + 33.0) text-anchor="end" { (self.x.label) }
        }
    }

    fn line(&self, index: usize, line: &Line, x: &Scale, y: &Scale) -> Markup {
        let mut path = String::new();
        let mut dots = String::new();
        for point in line.points.iter().filter(|point| self.draws(point)) {
            let (px, py) = (x.at(point.0), y.at(point.1));
            let command = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{command}{px:.1} {py:.1}");
            if self.dots {
                let left = px - 2.0;
                let _ = write!(dots, "M{left:.1} {py:.1}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0");
            }
        }
        html! {
            (stroke(index, &path, Some(&line.name)))
            @if !dots.is_empty() {
                path stroke=(colour(index)) stroke-width="2" fill=(colour(index)) d=(dots) {}
            }
        }
    }

    fn legend(&self) -> Legend {
        let (mut left, mut row) = (LEFT, 0);
        let mut place = |line: &Line| {
            let width = 44.0 + CHARACTER * line.name.chars().count() as f64;
            if left + width > WIDTH && left > LEFT {
                (left, row) = (LEFT, row + 1);
            }
            left += width;
            (left - width, LEGEND + ROW * f64::from(row))
        };
        let drawing = html! {
            @for (index, line) in self.lines.iter().enumerate() {
                @let (x, y) = place(line);
                (stroke(index, &format!("M{x:.1} {:.1}h24", y - 4.0), None))
                text x=(px(x + 30.0)) y=(px(y)) { (line.name) }
            }
        };
        Legend {
            drawing,
            rows: row + 1,
        }
    }
}

struct Legend {
    drawing: Markup,
    rows: i32,
}

/// Draws a path like the line with this number.
fn stroke(index: usize, path: &str, title: Option<&str>) -> Markup {
    let dash = is_dashed(index).then_some("9 4");
    html! {
        path.line stroke=(colour(index)) stroke-dasharray=[dash] d=(path) {
            @if let Some(title) = title {
                title { (title) }
            }
        }
    }
}

/// Every second line is dashed. If two lines overlap, its gaps show the other one.
fn is_dashed(index: usize) -> bool {
    index % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashed_lines_are_drawn_over_the_others() {
        let line = |name: &str| Line {
            name: name.to_owned(),
            points: vec![(1.0, 1.0), (2.0, 2.0)],
        };
        let chart = LineChart {
            lines: ["solid", "dashed", "another"].map(line).to_vec(),
            ..LineChart::default()
        };
        let svg = chart.document();
        let names = svg.match_indices("<title>").map(|(at, _)| &svg[at + 7..]);
        let names: Vec<_> = names.filter_map(|rest| rest.split('<').next()).collect();
        assert_eq!(names, ["solid", "another", "dashed"]);
    }

    #[test]
    fn a_chart_of_hostile_and_missing_values_is_still_a_drawing() {
        let points = vec![(0.0, f64::NAN), (1.0, 0.0), (f64::INFINITY, 3.0)];
        let line = Line {
            name: "<&\">".to_owned(),
            points,
        };
        for log in [false, true] {
            let axis = Axis {
                label: "x".to_owned(),
                log,
                ..Axis::default()
            };
            let lines = vec![line.clone()];
            let chart = LineChart {
                x: axis.clone(),
                y: axis,
                lines,
                ..LineChart::default()
            };
            let svg = chart.document();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(svg.contains("&lt;&amp;&quot;&gt;"), "{svg}");
        }
    }
}
