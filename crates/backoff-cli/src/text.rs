//! Numbers and durations as text.

mod duration;
mod number;
mod trim;

pub(crate) use duration::duration;
pub(crate) use number::number;
