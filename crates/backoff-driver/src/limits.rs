//! What happens when an attempt runs out of time.

mod interrupt;
mod timed_out;
mod timing;
mod within;

pub use interrupt::{Interrupt, Limited, OnTimeout, Uninterrupted};
pub use timed_out::{FromTimeout, TimedOut};
pub use timing::Timing;
pub(crate) use within::poll_within;
