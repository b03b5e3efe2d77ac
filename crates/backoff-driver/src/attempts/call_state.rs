//! How far a call has come, and since when.

use core::time::Duration;

use backoff_core::{Progress, nanos};

use crate::runtime::{Clock, OsInstant, since_origin};

/// How far a call has come, and when its first attempt began.
///
/// Most calls end with their first attempt. Until that fails, the instant as the clock read it is all there is to keep:
/// converting it is left for later.
#[derive(Clone, Copy)]
pub(super) enum CallState {
    /// The first attempt is under way.
    First(OsInstant),
    /// An attempt has failed, or the call was resumed, or the clock has no instants.
    Later {
        progress: Progress,
        /// When the first attempt began, in nanoseconds of the clock; wraps where that was before its origin.
        started: u64,
    },
}

/// The longest elapsed time in nanoseconds, 292 years: half of the range tells it from a clock that went back.
const LONGEST: u64 = u64::MAX / 2;

impl CallState {
    /// A call that has not begun.
    pub(super) const IDLE: Self = Self::Later {
        progress: Progress::START,
        started: 0,
    };

    /// A call whose first attempt begins now.
    #[inline]
    pub(super) fn begin(clock: &impl Clock) -> Self {
        match clock.instant() {
            Some(instant) => Self::First(instant),
            None => Self::begun(nanos::from_duration(clock.now())),
        }
    }

    /// A call whose first attempt began at a time of the clock.
    #[inline]
    pub(super) const fn begun(started: u64) -> Self {
        Self::Later {
            progress: Progress::START,
            started,
        }
    }

    /// Whether the first attempt is known to be under way, and not resumed.
    #[inline]
    pub(super) const fn is_first(&self) -> bool {
        matches!(self, Self::First(_))
    }

    #[inline]
    pub(super) const fn progress(&self) -> Progress {
        match self {
            Self::First(_) => Progress::START,
            Self::Later { progress, .. } => *progress,
        }
    }

    /// Continues a call that has lasted for `elapsed`; an idle one from the origin of the clock.
    pub(super) fn resumed(self, progress: Progress, elapsed: Duration) -> Self {
        let elapsed = nanos::from_duration(elapsed).min(LONGEST);
        Self::Later {
            progress,
            started: self.started().wrapping_sub(elapsed),
        }
    }

    /// Moves a call that was resumed at the origin of the clock to `now`.
    pub(super) const fn moved_to(self, now: u64) -> Self {
        match self {
            Self::First(_) => self,
            Self::Later { progress, started } => Self::Later {
                progress,
                started: started.wrapping_add(now),
            },
        }
    }

    /// When the first attempt began, in nanoseconds of the clock.
    #[inline]
    pub(super) fn started(&self) -> u64 {
        match *self {
            Self::First(instant) => nanos::from_duration(since_origin(instant)),
            Self::Later { started, .. } => started,
        }
    }

    /// The nanoseconds since the first attempt began, on a clock that shows `now`.
    #[inline]
    pub(super) fn elapsed(&self, now: Duration) -> u64 {
        since(self.started(), now)
    }
}

/// The nanoseconds from a start to `now`.
#[inline]
pub(super) fn since(started: u64, now: Duration) -> u64 {
    match nanos::from_duration(now).wrapping_sub(started) {
        elapsed @ ..=LONGEST => elapsed,
        _ => 0, // a clock that went back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_takes_the_place_of_what_a_failure_adds() {
        assert_eq!(
            size_of::<CallState>(),
            size_of::<Progress>() + size_of::<u64>()
        );
    }
}
