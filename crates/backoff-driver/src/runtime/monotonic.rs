//! The clock of the operating system.

use core::time::Duration;

use super::Clock;
use super::instant::{OsInstant, since_origin};

/// The monotonic clock of the operating system, for adapters on `std`.
///
/// Its origin lies a century before the first time that was asked for, so that it can tell earlier instants too.
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

impl Monotonic {
    /// Returns the time from the origin of this clock to an instant; zero for one that lies before the origin.
    #[inline]
    #[must_use]
    pub fn since_origin(instant: OsInstant) -> Duration {
        since_origin(instant)
    }
}

impl Clock for Monotonic {
    #[inline]
    fn now(&self) -> Duration {
        since_origin(OsInstant::now())
    }

    #[inline]
    fn instant(&self) -> Option<OsInstant> {
        Some(OsInstant::now())
    }
}
