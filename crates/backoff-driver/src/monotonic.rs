//! The clock of the operating system, for adapters on `std`.

use core::time::Duration;
use std::sync::OnceLock;
use std::time::Instant;

use crate::clock::Clock;

/// The monotonic clock of the operating system.
///
/// Its origin lies a century before the first moment that anybody asked about, so that others may lie before
/// that one.
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

/// The first moment that anybody asked about, which reads as a century.
static FIRST: OnceLock<Instant> = OnceLock::new();

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl Clock for Monotonic {
    type Moment = Instant;

    #[inline]
    fn read(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn since_origin(&self, moment: Instant) -> Duration {
        let first = *FIRST.get_or_init(|| moment);
        match moment.checked_duration_since(first) {
            Some(later) => CENTURY.saturating_add(later),
            None => CENTURY.saturating_sub(first.saturating_duration_since(moment)),
        }
    }
}
