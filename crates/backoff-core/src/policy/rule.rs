//! What happens beyond a limit.

/// What happens where a wait would pass the deadline.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeadlineRule {
    /// Wait only until the deadline and make one last attempt then, which the deadline does not cut short.
    ClampToRemaining,
    /// Give up at once, rather than wait for nothing.
    #[default]
    GiveUp,
}

/// What happens where a server asks for a longer wait than the policy's longest hint.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum HintRule {
    /// Wait as long as the longest hint.
    Clamp,
    /// Give up with [`GiveUp::HintTooLong`](crate::GiveUp::HintTooLong).
    #[default]
    GiveUp,
    /// Wait as if there were no hint.
    Ignore,
}
