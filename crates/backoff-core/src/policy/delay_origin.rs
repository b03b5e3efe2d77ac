//! What determined a wait.

use core::fmt;

/// What determined a wait. Made by [`Policy::delay_origin`](crate::Policy::delay_origin).
///
/// # Examples
///
/// ```
/// # use backoff_core::DelayOrigin;
/// assert_eq!(DelayOrigin::ClampedHint.to_string(), "clamped hint");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DelayOrigin {
    /// The server's hint, shortened to the policy's longest by [`HintRule::Clamp`](crate::HintRule::Clamp), or to
    /// the time until the deadline by [`DeadlineRule::ClampToRemaining`](crate::DeadlineRule::ClampToRemaining).
    ClampedHint,
    /// The server's hint.
    Hint,
    /// The policy's own schedule.
    Schedule,
}

impl DelayOrigin {
    /// Every origin, for tables and counters.
    pub const ALL: &[Self] = &[Self::ClampedHint, Self::Hint, Self::Schedule];

    /// Returns the origin as one or two lower-case words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClampedHint => "clamped hint",
            Self::Hint => "hint",
            Self::Schedule => "schedule",
        }
    }
}

impl fmt::Display for DelayOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_origin_has_its_words() {
        let words = DelayOrigin::ALL.iter().map(DelayOrigin::to_string);
        assert!(words.eq(["clamped hint", "hint", "schedule"]));
    }
}
