//! Where a delay comes from.

/// Where a delay comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum Cause {
    /// The server's hint, cut to the policy's longest by [`HintRule::Clamp`](super::HintRule::Clamp).
    ClampedHint,
    /// The server's hint.
    Hint,
    /// The policy's own schedule.
    Schedule,
}

impl Cause {
    /// Every cause, for tables and counters.
    pub const ALL: &[Self] = &[Self::ClampedHint, Self::Hint, Self::Schedule];

    /// The cause in one or two lower-case words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClampedHint => "clamped hint",
            Self::Hint => "hint",
            Self::Schedule => "schedule",
        }
    }
}
