//! Line charts as SVG.

use std::fmt::Write as _;

use super::axis::Axis;
use super::scale::Scale;
use super::style::{STYLE, WIDTH, colour, escape, open};
use crate::text;

/// A chart of lines over a common axis, in one SVG that follows the reader's light or dark colours.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineChart {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) lines: Vec<Line>,
    /// Whether points are marked, for curves of a few values.
    pub(crate) dots: bool,
}

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
/// The mean width of a letter of the legend, where it is large.
const LETTER: f64 = 7.8;

impl LineChart {
    /// The chart as a document of its own.
    pub(crate) fn document(&self) -> String {
        self.svg(&format!("<style>{STYLE}</style>"))
    }

    /// The chart as a part of a page that has the [`STYLE`].
    pub(crate) fn inline(&self) -> String {
        self.svg("")
    }

    /// Whether there is anything to draw.
    pub(crate) fn is_empty(&self) -> bool {
        let drawn = |line: &Line| line.points.iter().any(|point| self.draws(point));
        !self.lines.iter().any(drawn)
    }

    /// Whether all lines stay at the same value, to half a percent.
    pub(crate) fn is_flat(&self) -> bool {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let values = points
            .filter(|point| self.draws(point))
            .map(|point| point.1);
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = values.fold(bounds, |(low, high), v| (v.min(low), v.max(high)));
        high - low <= 0.005 * high.abs()
    }

    fn svg(&self, style: &str) -> String {
        let legend = self.legend();
        let height = LEGEND + ROW * f64::from(legend.rows);
        let (x, y) = (self.scale_x(), self.scale_y());
        let mut svg = open(height, &self.title, style);
        self.grid(&mut svg, &x, &y);
        // Dashed ones last: they are seen over others, which would hide them.
        let lines = self.lines.iter().enumerate();
        let (dashed, solid): (Vec<_>, Vec<_>) = lines.partition(|(index, _)| is_dashed(*index));
        for (index, line) in solid.into_iter().chain(dashed) {
            self.line(&mut svg, line, &stroke(index), (&x, &y));
        }
        svg.push_str(&legend.svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn draws(&self, point: &(f64, f64)) -> bool {
        let fits = |value: f64, axis: &Axis| value.is_finite() && (!axis.log || value > 0.0);
        fits(point.0, &self.x) && fits(point.1, &self.y)
    }

    fn scale_x(&self) -> Scale {
        self.scale(&self.x, |point| point.0, (LEFT, RIGHT), false)
    }

    fn scale_y(&self) -> Scale {
        self.scale(&self.y, |point| point.1, (BOTTOM, TOP), true)
    }

    fn scale(
        &self,
        axis: &Axis,
        of: impl Fn(&(f64, f64)) -> f64,
        pixels: (f64, f64),
        from_zero: bool,
    ) -> Scale {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let values = points.filter(|point| self.draws(point)).map(of);
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = values.fold(bounds, |(low, high), v| (v.min(low), v.max(high)));
        Scale::new(axis, from_zero, (low, high), pixels)
    }

    fn grid(&self, svg: &mut String, x: &Scale, y: &Scale) {
        for tick in y.ticks() {
            let (at, label) = (y.at(tick), text::number(tick));
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{LEFT} {at:.1}H{RIGHT}"/><text class="soft" x="{}" y="{:.1}" text-anchor="end">{label}</text>"#,
                LEFT - 6.0,
                at + 4.0,
            );
        }
        for tick in x.ticks() {
            let (at, label) = (x.at(tick), text::number(tick));
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{at:.1} {BOTTOM}v4"/><text class="soft" x="{at:.1}" y="{}" text-anchor="middle">{label}</text>"#,
                BOTTOM + 17.0,
            );
        }
        let _ = write!(
            svg,
            r#"<path class="ink" d="M{LEFT} {BOTTOM}H{RIGHT}"/><text class="soft" x="{RIGHT}" y="{}" text-anchor="end">{}</text>"#,
            BOTTOM + 33.0,
            escape(&self.x.label),
        );
    }

    fn line(&self, svg: &mut String, line: &Line, stroke: &str, (x, y): (&Scale, &Scale)) {
        let mut path = String::new();
        let mut dots = String::new();
        for point in line.points.iter().filter(|point| self.draws(point)) {
            let (px, py) = (x.at(point.0), y.at(point.1));
            let move_or_line = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{move_or_line}{px:.1} {py:.1}");
            if self.dots {
                let left = px - 2.0;
                let _ = write!(dots, "M{left:.1} {py:.1}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0");
            }
        }
        let name = escape(&line.name);
        let _ = write!(
            svg,
            r#"<path class="line" {stroke} d="{path}"><title>{name}</title></path><path {stroke} stroke-width="2" d="{dots}"/>"#
        );
    }

    fn legend(&self) -> Legend {
        let mut svg = String::new();
        let (mut left, mut row) = (LEFT, 0);
        for (index, line) in self.lines.iter().enumerate() {
            let width = 30.0 + LETTER * line.name.chars().count() as f64 + 14.0;
            if left + width > WIDTH && left > LEFT {
                (left, row) = (LEFT, row + 1);
            }
            let y = LEGEND + ROW * f64::from(row);
            let _ = write!(
                svg,
                r#"<path class="line" {} d="M{left:.1} {:.1}h24"/><text x="{:.1}" y="{y:.1}">{}</text>"#,
                stroke(index),
                y - 4.0,
                left + 30.0,
                escape(&line.name),
            );
            left += width;
        }
        Legend { svg, rows: row + 1 }
    }
}

struct Legend {
    svg: String,
    rows: i32,
}

/// How the line of a number is drawn.
fn stroke(index: usize) -> String {
    let colour = colour(index);
    let dash = if is_dashed(index) { "9 4" } else { "" };
    format!(r#"stroke="{colour}" stroke-dasharray="{dash}" fill="none""#)
}

/// Where lines lie on each other, the gaps of every second show the one below.
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
