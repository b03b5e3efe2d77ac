//! How far a call has come, and since when.

use core::time::Duration;

use backoff_core::{Progress, nanos};

use crate::clock::Clock;

/// How far a call has come, and when its first attempt began.
///
/// Most calls end with their first attempt. Until that fails, the moment as the clock read it is all there is to
/// keep; what it means as a time is asked later, if ever.
#[derive(Clone, Copy)]
pub(super) enum Course<M> {
    /// The first attempt is under way.
    First(M),
    /// An attempt has failed, or the call was resumed.
    Later {
        progress: Progress,
        /// When the first attempt began, in nanoseconds of the clock; wraps where that was before its origin.
        started: u64,
    },
}

/// The longest elapsed time in nanoseconds, 292 years: half of the range tells it from a clock that went back.
const LONGEST: u64 = u64::MAX / 2;

impl<M: Copy> Course<M> {
    /// A call that has not begun.
    pub(super) const IDLE: Self = Self::Later {
        progress: Progress::START,
        started: 0,
    };

    /// The moment at which the first attempt began, while that is under way.
    #[inline]
    pub(super) const fn begun(&self) -> Option<M> {
        match self {
            Self::First(moment) => Some(*moment),
            Self::Later { .. } => None,
        }
    }

    #[inline]
    pub(super) const fn progress(&self) -> Progress {
        match self {
            Self::First(_) => Progress::START,
            Self::Later { progress, .. } => *progress,
        }
    }

    /// Continues a call of which `elapsed` has passed; an idle one from the origin of the clock.
    pub(super) fn resumed(
        self,
        clock: &impl Clock<Moment = M>,
        progress: Progress,
        elapsed: Duration,
    ) -> Self {
        let elapsed = nanos::from_duration(elapsed).min(LONGEST);
        Self::Later {
            progress,
            started: self.started(clock).wrapping_sub(elapsed),
        }
    }

    /// Moves a call that was resumed at the origin of the clock.
    pub(super) fn after(self, now: u64) -> Self {
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
    pub(super) fn started(&self, clock: &impl Clock<Moment = M>) -> u64 {
        match *self {
            Self::First(moment) => nanos::from_duration(clock.since_origin(moment)),
            Self::Later { started, .. } => started,
        }
    }

    /// The nanoseconds since the first attempt began, by a clock that shows `now`.
    #[inline]
    pub(super) fn elapsed(&self, clock: &impl Clock<Moment = M>, now: Duration) -> u64 {
        since(self.started(clock), now)
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
    fn a_moment_takes_the_place_of_what_a_failure_adds() {
        let sizes = [
            // (moment, size of a course of such moments)
            ("ticks", size_of::<Course<u64>>()),
            ("duration", size_of::<Course<Duration>>()),
            ("instant", size_of::<Course<std::time::Instant>>()),
        ];
        for (moment, size) in sizes {
            assert_eq!(size, size_of::<Progress>() + size_of::<u64>(), "{moment}");
        }
    }
}
