//! Numbers and durations as text.

mod duration;
mod escape;
mod number;
mod trim;
mod unit;

pub(crate) use duration::duration;
pub(crate) use escape::{one_line, printable};
pub(crate) use number::number;
pub(crate) use unit::Unit;
