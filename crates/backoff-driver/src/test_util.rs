//! For tests that retry: a clock that never really waits, and operations that fail by script.

mod script;
mod virtual_clock;

pub use script::{FailingScript, Script};
pub use virtual_clock::{VirtualClock, VirtualSleep};
