//! What all charts share: size, colours, head.

/// On a phone, a pixel of the drawing is 0.74 of the screen's: text of 15 of them can still be read.
pub(super) const WIDTH: f64 = 480.0;
/// Okabe and Ito's colours, which are told apart with every kind of colour vision, a little darker for thin lines.
const COLOURS: [&str; 7] = [
    "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#7f7f7f",
];

pub(crate) const STYLE: &str = "\
svg.chart{font:12px system-ui,sans-serif;--ink:#222;--soft:#767676;--grid:#e4e4e4;background:#fff}\
svg.chart text{fill:var(--ink)}svg.chart .soft{fill:var(--soft)}svg.chart .title{font-size:13px;font-weight:600}\
svg.chart .grid{stroke:var(--grid)}svg.chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round}\
svg.chart .ink{stroke:var(--ink)}\
@media(max-width:500px){svg.chart,svg.chart .title{font-size:15px}}\
@media(prefers-color-scheme:dark){svg.chart{--ink:#e6e6e6;--soft:#9a9a9a;--grid:#333;background:#161616}}";

/// The head of a drawing of this height, with its title.
pub(super) fn open(height: f64, title: &str, style: &str) -> String {
    let title = escape(title);
    format!(
        r#"<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0}" role="img" aria-label="{title}">{style}<text class="title" x="8" y="20">{title}</text>"#
    )
}

/// The colour of a number.
pub(super) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// Text that is safe within HTML and SVG.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
