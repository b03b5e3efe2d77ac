//! A failed attempt.

use core::time::Duration;

use crate::nanos;

mod kind;

pub use kind::FailureKind;

/// A failed attempt: its kind, and how long to wait at least.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Failure, FailureKind};
/// # use core::time::Duration;
/// let failure = Failure::throttled().with_retry_after(Duration::from_secs(2));
/// assert_eq!(failure.kind(), FailureKind::Throttled);
/// assert_eq!(failure.retry_after(), Some(Duration::from_secs(2)));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Failure {
    /// In nanoseconds; zero without a hint.
    hint: u64,
    /// In milliseconds, because with nanoseconds a failure would take 24 bytes.
    min_millis: u32,
    kind: FailureKind,
    /// Tells a hint of zero from none.
    hinted: bool,
}

const _: () = assert!(size_of::<Failure>() <= 16);

impl Failure {
    /// Makes a failure of this kind, without a hint and without a minimum delay.
    #[inline]
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self {
            hint: 0,
            min_millis: 0,
            kind,
            hinted: false,
        }
    }

    /// Makes a failure that may be permanent.
    #[inline]
    #[must_use]
    pub const fn doubtful() -> Self {
        Self::new(FailureKind::Doubtful)
    }

    /// Makes a failure that another attempt would meet again.
    #[inline]
    #[must_use]
    pub const fn permanent() -> Self {
        Self::new(FailureKind::Permanent)
    }

    /// Makes a failure by which the server asks for fewer calls.
    #[inline]
    #[must_use]
    pub const fn throttled() -> Self {
        Self::new(FailureKind::Throttled)
    }

    /// Makes a failure that is likely to pass.
    #[inline]
    #[must_use]
    pub const fn transient() -> Self {
        Self::new(FailureKind::Transient)
    }

    /// Adds the hint of the server: the delay that it asked for, as by an HTTP `Retry-After`.
    ///
    /// The policy obeys or refuses a hint and never shortens it in silence; see [`HintRule`](crate::HintRule). A
    /// hint of zero leaves the schedule in charge. 584 years and more count as endless.
    #[inline]
    #[must_use]
    pub const fn with_retry_after(mut self, hint: Duration) -> Self {
        self.hint = nanos::from_duration(hint);
        self.hinted = true;
        self
    }

    /// Sets the shortest wait after this failure. The policy adds its delay to it.
    ///
    /// For failures that are known to last a while, such as a connection that was refused because the server is
    /// being restarted. If the server gave a [hint](Self::with_retry_after) too, the wait is at least the longer
    /// of both.
    ///
    /// The minimum is kept in whole milliseconds, rounded up, and is at most `u32::MAX` of them (49.7 days). It may
    /// exceed the policy's [maximum delay](crate::Policy::with_max_delay).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Decision, Failure, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(5));
    /// let refused = Failure::transient().with_min_delay(Duration::from_secs(1));
    /// let shortest = policy.start().on_failure(Duration::ZERO, refused, 0);
    /// assert_eq!(shortest, Decision::Retry { after: Duration::from_secs(1) });
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_min_delay(mut self, delay: Duration) -> Self {
        self.min_millis = nanos::millis_up(delay);
        self
    }

    /// Returns the kind of the failure.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> FailureKind {
        self.kind
    }

    /// Returns the hint of the server, or `None` if it gave none. 584 years and more read as [`Duration::MAX`].
    #[inline]
    #[must_use]
    pub const fn retry_after(self) -> Option<Duration> {
        if self.hinted {
            Some(nanos::to_duration(self.hint))
        } else {
            None
        }
    }

    /// Returns the shortest wait, as set by [`with_min_delay`](Self::with_min_delay); zero by default.
    #[inline]
    #[must_use]
    pub const fn min_delay(self) -> Duration {
        nanos::to_duration(self.min_nanos())
    }

    /// Returns the longer of the server's hint and the minimum delay, or zero without either.
    ///
    /// A loop without a policy waits this long. A [policy](crate::Policy) adds its own delay, and may refuse the
    /// hint.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Failure;
    /// # use core::time::Duration;
    /// let busy = Failure::throttled().with_retry_after(Duration::from_secs(2));
    /// assert_eq!(busy.requested_delay(), Duration::from_secs(2));
    /// assert_eq!(busy.with_min_delay(Duration::from_secs(3)).requested_delay(), Duration::from_secs(3));
    /// ```
    #[inline]
    #[must_use]
    pub const fn requested_delay(self) -> Duration {
        let min = self.min_nanos();
        nanos::to_duration(if self.hint < min { min } else { self.hint })
    }

    /// Returns whether the failure is transient and neither side asks for a delay.
    #[inline]
    pub(crate) const fn is_ordinary(self) -> bool {
        matches!(self.kind, FailureKind::Transient) && self.hint == 0 && self.min_millis == 0
    }

    /// Returns the hint in nanoseconds, or zero without one.
    #[inline]
    pub(crate) const fn hint(self) -> u64 {
        self.hint
    }

    /// Returns the minimum delay in nanoseconds.
    #[inline]
    pub(crate) const fn min_nanos(self) -> u64 {
        self.min_millis as u64 * nanos::PER_MILLI as u64
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_hint_and_a_minimum_are_both_kept_in_either_order() {
        let second = Duration::from_secs(1);
        let failure = Failure::throttled();
        let both = [
            failure.with_min_delay(second).with_retry_after(second * 2),
            failure.with_retry_after(second * 2).with_min_delay(second),
        ];
        for failure in both {
            let kept = (failure.retry_after(), failure.min_delay());
            assert_eq!(kept, (Some(second * 2), second));
        }
    }

    #[test]
    fn the_requested_delay_is_the_longer_of_both() {
        let s = Duration::from_secs;
        for (hint, minimum, requested) in [(0, 0, 0), (2, 0, 2), (0, 2, 2), (3, 2, 3), (2, 3, 3)] {
            let failure = Failure::throttled()
                .with_retry_after(s(hint))
                .with_min_delay(s(minimum));
            assert_eq!(failure.requested_delay(), s(requested), "{failure:?}");
        }
        assert_eq!(Failure::transient().requested_delay(), s(0));
    }

    #[test]
    fn a_minimum_is_rounded_up_to_milliseconds_and_saturates() {
        let (nano, milli) = (Duration::from_nanos(1), Duration::from_millis(1));
        let longest = Duration::from_millis(u32::MAX.into());
        let cases = [
            (Duration::ZERO, Duration::ZERO),
            (nano, milli),
            (milli, milli),
            (milli + nano, 2 * milli),
            (Duration::new(1, 999_999_999), Duration::from_secs(2)),
            (
                Duration::from_secs(4_294_967),
                Duration::from_secs(4_294_967),
            ),
            (Duration::new(4_294_967, 294_999_999), longest),
            (longest, longest),
            (longest + nano, longest),
            (Duration::new(4_294_967, 999_999_999), longest),
            (Duration::from_secs(4_294_968), longest),
            (Duration::MAX, longest),
        ];
        for (given, kept) in cases {
            let failure = Failure::transient().with_min_delay(given);
            assert_eq!(failure.min_delay(), kept, "{given:?}");
        }
    }

    #[test]
    fn a_hint_of_zero_is_kept_and_an_endless_one_saturates() {
        let zero = Failure::transient().with_retry_after(Duration::ZERO);
        assert_eq!(zero.retry_after(), Some(Duration::ZERO));
        let endless = Failure::transient().with_retry_after(Duration::MAX);
        assert_eq!(endless.retry_after(), Some(Duration::MAX));
    }

    #[test]
    fn every_kind_has_its_constructor_and_its_word() {
        let cases = [
            (FailureKind::Doubtful, Failure::doubtful(), "doubtful"),
            (FailureKind::Permanent, Failure::permanent(), "permanent"),
            (FailureKind::Throttled, Failure::throttled(), "throttled"),
            (FailureKind::Transient, Failure::transient(), "transient"),
        ];
        for (kind, failure, word) in cases {
            assert_eq!((failure, failure.kind()), (kind.into(), kind));
            assert_eq!((kind.as_str(), kind.to_string().as_str()), (word, word));
            assert_eq!(
                (failure.retry_after(), failure.min_delay()),
                (None, Duration::ZERO)
            );
        }
    }
}
