//! The values that settings are written as.

mod jitter;
mod limit;
mod number;
mod ratio;
mod share;
mod span;
mod text;
mod window_table;

pub(crate) use limit::{AttemptLimit, TimeLimit};
pub(crate) use number::Range;
pub(crate) use ratio::Ratio;
pub(crate) use share::Share;
pub(crate) use span::duration_text;
pub(crate) use text::{Text, TextValue};
pub(crate) use window_table::WindowTable;
