//! What a failed attempt means for the next one.

use core::time::Duration;

use crate::nanos;

/// What is known about a failed attempt: its kind, and how long to wait at least.
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
    /// A hint, or the least delay, by `source`.
    nanos: u64,
    kind: FailureKind,
    source: Source,
}

const _: () = assert!(size_of::<Failure>() <= 16);

/// Where the duration in a failure comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
enum Source {
    Client,
    Nobody,
    Server,
}

/// What a failed attempt says about the chances of another.
///
/// # Examples
///
/// ```
/// # use backoff_core::FailureKind;
/// assert_eq!(FailureKind::Throttled.to_string(), "throttled");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum FailureKind {
    /// May be permanent (an HTTP 500, a refused connection): retried at most
    /// [twice](crate::Policy::with_doubtful_limit) by default.
    Doubtful,
    /// Another attempt would fail in the same way: never retried.
    Permanent,
    /// The server has too much to do: retried on a slower
    /// [schedule](crate::Policy::with_throttled_schedule), where the policy has one.
    Throttled,
    /// Likely to pass: retried.
    Transient,
}

impl FailureKind {
    /// The kind as one lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Doubtful => "doubtful",
            Self::Permanent => "permanent",
            Self::Throttled => "throttled",
            Self::Transient => "transient",
        }
    }
}

impl core::fmt::Display for FailureKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Failure {
    /// Makes a failure of a kind, without a hint.
    #[inline]
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self {
            nanos: 0,
            kind,
            source: Source::Nobody,
        }
    }

    /// A failure that may be permanent.
    #[inline]
    #[must_use]
    pub const fn doubtful() -> Self {
        Self::new(FailureKind::Doubtful)
    }

    /// A failure that another attempt would meet again.
    #[inline]
    #[must_use]
    pub const fn permanent() -> Self {
        Self::new(FailureKind::Permanent)
    }

    /// A failure by which a server asks for fewer calls.
    #[inline]
    #[must_use]
    pub const fn throttled() -> Self {
        Self::new(FailureKind::Throttled)
    }

    /// A failure that is likely to pass.
    #[inline]
    #[must_use]
    pub const fn transient() -> Self {
        Self::new(FailureKind::Transient)
    }

    /// Adds the delay that the server asked for, such as that of an HTTP `Retry-After`.
    ///
    /// The policy obeys or refuses it, and never shortens it in silence; a hint of zero leaves the schedule
    /// in charge. It replaces a [least delay](Self::with_min_delay).
    #[inline]
    #[must_use]
    pub const fn with_retry_after(mut self, hint: Duration) -> Self {
        self.nanos = nanos::from_duration(hint);
        self.source = Source::Server;
        self
    }

    /// Adds a delay of the client's own, which the policy's delay is then added to.
    ///
    /// For failures that are known to last a while, as where a connection was refused because a server is
    /// being restarted. It replaces a [hint](Self::with_retry_after).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Decision, Failure, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(5));
    /// let refused = Failure::doubtful().with_min_delay(Duration::from_secs(1));
    /// let shortest = policy.start().on_failure(Duration::ZERO, refused, 0);
    /// assert_eq!(shortest, Decision::Retry { after: Duration::from_secs(1) });
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_min_delay(mut self, delay: Duration) -> Self {
        self.nanos = nanos::from_duration(delay);
        self.source = Source::Client;
        self
    }

    /// What the failure says about another attempt.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> FailureKind {
        self.kind
    }

    /// The delay that the server asked for, if it did; 584 years and more read as [`Duration::MAX`].
    #[inline]
    #[must_use]
    pub const fn retry_after(self) -> Option<Duration> {
        match self.source {
            Source::Client | Source::Nobody => None,
            Source::Server => Some(nanos::to_duration(self.nanos)),
        }
    }

    /// The least delay that the client itself asks for; zero where it does not.
    #[inline]
    #[must_use]
    pub const fn min_delay(self) -> Duration {
        nanos::to_duration(self.floor())
    }

    /// Transient, and nobody asks for a delay.
    #[inline]
    pub(crate) const fn is_ordinary(self) -> bool {
        matches!(self.kind, FailureKind::Transient) && matches!(self.source, Source::Nobody)
    }

    /// The server's hint in nanoseconds; zero where there is none.
    #[inline]
    pub(crate) const fn hint(self) -> u64 {
        match self.source {
            Source::Client | Source::Nobody => 0,
            Source::Server => self.nanos,
        }
    }

    /// The client's least delay in nanoseconds.
    #[inline]
    pub(crate) const fn floor(self) -> u64 {
        match self.source {
            Source::Client | Source::Nobody => self.nanos,
            Source::Server => 0,
        }
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
    fn a_hint_and_a_least_delay_replace_each_other() {
        let second = Duration::from_secs(1);
        let hinted = Failure::throttled()
            .with_min_delay(second)
            .with_retry_after(second * 2);
        assert_eq!(
            (hinted.retry_after(), hinted.min_delay()),
            (Some(second * 2), Duration::ZERO)
        );
        let floored = hinted.with_min_delay(second);
        assert_eq!((floored.retry_after(), floored.min_delay()), (None, second));
        assert_eq!((hinted.hint(), floored.hint()), (2_000_000_000, 0));
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
