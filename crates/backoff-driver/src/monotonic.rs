//! The clock of the operating system, for adapters on `std`.

use core::time::Duration;
use std::sync::OnceLock;
use std::time::Instant;

use crate::clock::Clock;

/// The monotonic clock of the operating system, counted from the first time that anybody asked.
///
/// # Examples
///
/// ```
/// use backoff_driver::{Clock, Monotonic};
///
/// let earlier = Monotonic.now();
/// assert!(Monotonic.now() >= earlier);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Monotonic;

static ORIGIN: OnceLock<Instant> = OnceLock::new();

impl Clock for Monotonic {
    #[inline]
    fn now(&self) -> Duration {
        let now = Instant::now();
        now.saturating_duration_since(*ORIGIN.get_or_init(|| now))
    }
}
