//! What all charts share: the document, its size and its colours.

use maud::{Markup, PreEscaped, html};

use crate::text;

/// The width in pixels. On a phone, such a pixel is 0.74 of the screen's: text of 15 pixels is still legible.
pub(super) const WIDTH: f64 = 480.0;

/// Okabe and Ito's colours, which differ with every kind of colour vision, a little darker for thin lines.
const COLOURS: [&str; 7] = [
    "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#7f7f7f",
];

/// The style of all charts.
pub(crate) const STYLE: &str = include_str!("chart.css");

/// Returns the colour with this number.
pub(super) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// Puts a drawing of this height into an SVG element with a title, which carries its own style if it is a document.
pub(super) fn svg(height: f64, title: &str, is_document: bool, drawing: &Markup) -> String {
    let size = format!("0 0 {WIDTH} {height:.0}");
    let svg = html! {
        svg.chart xmlns="http://www.w3.org/2000/svg" viewBox=(size) role="img" aria-label=(title) {
            @if is_document {
                style { (PreEscaped(STYLE)) }
            }
            text.title x="8" y="20" { (title) }
            (drawing)
        }
    };
    text::printable(&svg.into_string())
}

/// Writes a coordinate in tenths of a pixel.
pub(super) fn px(value: f64) -> String {
    format!("{value:.1}")
}
