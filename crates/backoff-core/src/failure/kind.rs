//! What a failed attempt says about the chances of another.

use core::fmt;

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
    /// May be permanent, as an HTTP 500 may: retried at most [twice](crate::Policy::with_doubtful_limit) by
    /// default.
    Doubtful,
    /// Another attempt would fail in the same way: never retried.
    Permanent,
    /// The server has too much to do: retried by a slower
    /// [schedule](crate::Policy::with_throttled_schedule), if the policy has one.
    Throttled,
    /// Likely to pass: retried.
    Transient,
}

impl FailureKind {
    /// Returns the kind as one lower-case word.
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

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
