//! How far a call has come.

use core::num::NonZeroU32;
use core::time::Duration;

use crate::nanos;

mod bytes;
mod error;
mod saved_call;

pub use error::ProgressError;
pub use saved_call::SavedCall;

/// How far a call has come: all that is remembered between two decisions.
///
/// It is plain data, and [`Policy::resume`](crate::Policy::resume) continues from it as if nothing had happened in
/// between. A device that sleeps or reboots between two attempts keeps it in flash or RTC memory: as
/// [bytes](Self::to_bytes) with a version and a checksum, or through serde with the feature `serde`.
///
/// Time is not part of it: [`SavedCall`] adds the elapsed time and the rest of the delay.
///
/// # Examples
///
/// ```
/// use backoff_core::{Failure, Policy, Progress};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let mut retry = POLICY.start();
/// let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
/// let saved = retry.progress().to_bytes();
///
/// // .. a reboot later ..
/// let progress = Progress::from_bytes(&saved).unwrap_or_default();
/// assert_eq!(POLICY.resume(progress).attempt(), 2);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Progress {
    /// The last delay of decorrelated jitter, in nanoseconds; zero before the first.
    pub(crate) previous: u64,
    /// The number of the attempt under way.
    pub(crate) attempt: NonZeroU32,
    /// The number of doubtful failures that were retried.
    pub(crate) doubtful: u32,
}

const _: () = assert!(size_of::<Progress>() <= 24);

impl Progress {
    /// The progress of a call whose first attempt is under way.
    pub const START: Self = Self {
        previous: 0,
        attempt: NonZeroU32::MIN,
        doubtful: 0,
    };

    /// Makes the progress of a call whose attempt of this number is under way. 0 counts as 1.
    ///
    /// For engines that know nothing but a count of deliveries. Retries of doubtful failures then count from zero,
    /// and decorrelated jitter starts at its base.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Decision, Failure, GiveUp, Policy, Progress};
    /// # use core::time::Duration;
    /// let deliveries = 5; // as the message says
    /// let mut retry = Policy::DEFAULT.resume(Progress::at(deliveries));
    /// let decision = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// assert_eq!(decision, Decision::GiveUp(GiveUp::Attempts)); // the default is 5 attempts
    /// ```
    #[must_use]
    pub const fn at(attempt: u32) -> Self {
        let attempt = match NonZeroU32::new(attempt) {
            Some(attempt) => attempt,
            None => NonZeroU32::MIN,
        };
        Self {
            attempt,
            ..Self::START
        }
    }

    /// Counts attempts after which nothing was decided, such as those of a worker that crashed. Saturates.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Progress;
    /// assert_eq!(Progress::at(2).skip(1), Progress::at(3));
    /// ```
    #[must_use]
    pub const fn skip(self, attempts: u32) -> Self {
        Self {
            attempt: self.attempt.saturating_add(attempts),
            ..self
        }
    }

    /// Returns the number of the attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(self) -> u32 {
        self.attempt.get()
    }

    /// Returns the number of doubtful failures that were retried.
    #[must_use]
    pub const fn doubtful_retries(self) -> u32 {
        self.doubtful
    }

    /// Returns the previous delay, from which decorrelated jitter grows; zero with any other jitter.
    #[must_use]
    pub const fn previous_delay(self) -> Duration {
        nanos::to_duration(self.previous)
    }
}

/// [`Progress::START`].
impl Default for Progress {
    fn default() -> Self {
        Self::START
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_can_be_looked_at_and_starts_at_the_first_attempt() {
        let some = Progress {
            previous: 0x0123_4567_89ab_cdef,
            attempt: NonZeroU32::MAX,
            doubtful: 2,
        };
        assert_eq!((some.attempt(), some.doubtful_retries()), (u32::MAX, 2));
        let previous = Duration::from_nanos(0x0123_4567_89ab_cdef);
        assert_eq!(some.previous_delay(), previous);
        assert_eq!(Progress::default(), Progress::START);
    }

    #[test]
    fn a_count_of_attempts_becomes_progress() {
        for (count, attempt) in [(0, 1), (1, 1), (2, 2), (u32::MAX, u32::MAX)] {
            let progress = Progress::at(count);
            assert_eq!(progress.attempt(), attempt, "{count}");
            assert_eq!(progress.doubtful_retries(), 0, "{count}");
        }
        assert_eq!(Progress::at(1), Progress::START);
    }

    #[test]
    fn skipped_attempts_count_and_all_else_is_kept() {
        let some = Progress {
            previous: 5,
            doubtful: 2,
            ..Progress::at(3)
        };
        for (skipped, attempt) in [(0, 3), (1, 4), (u32::MAX, u32::MAX)] {
            let progress = some.skip(skipped);
            assert_eq!(progress.attempt(), attempt, "{skipped}");
            assert_eq!((progress.previous, progress.doubtful), (5, 2), "{skipped}");
        }
    }
}
