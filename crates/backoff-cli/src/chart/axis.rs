//! The axes of a chart.

/// An axis of a chart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Axis {
    pub(crate) label: String,
    /// Logarithmic; values of zero and less are left out then.
    pub(crate) log: bool,
    /// Of whole numbers, from the least on; else it starts at zero where it is not logarithmic.
    pub(crate) whole: bool,
}
