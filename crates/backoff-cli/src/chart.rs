//! Charts as SVG.

mod axis;
mod line_chart;
mod scale;
mod style;
mod timeline_chart;

pub(crate) use axis::Axis;
pub(crate) use line_chart::{Line, LineChart};
pub(crate) use style::STYLE;
pub(crate) use timeline_chart::{TimelineChart, TimelineRow};
