//! Times as the clock of the operating system gives them.

use core::time::Duration;
use std::sync::OnceLock;

/// A time as the clock of the operating system gives it.
pub type OsInstant = std::time::Instant;

/// The first instant that was asked about, which reads as a century.
static FIRST: OnceLock<OsInstant> = OnceLock::new();

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The time from an origin to an instant. The origin lies a century before the first instant that was asked about, so
/// that earlier ones can be told too.
#[inline]
pub(crate) fn since_origin(instant: OsInstant) -> Duration {
    let first = *FIRST.get_or_init(|| instant);
    match instant.checked_duration_since(first) {
        Some(later) => CENTURY.saturating_add(later),
        None => CENTURY.saturating_sub(first.saturating_duration_since(instant)),
    }
}
