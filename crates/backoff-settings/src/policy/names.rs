//! The names of schedules and rules.

use backoff_core::{DeadlineRule, HintRule};
use serde::{Deserialize, Serialize};

/// A kind of schedule.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ScheduleKind {
    Constant,
    #[default]
    Exponential,
    Fibonacci,
    Linear,
    Steps,
}

/// The name of a [`DeadlineRule`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeadlineRuleName {
    ClampToRemaining,
    GiveUp,
}

impl DeadlineRuleName {
    pub(crate) const fn of(rule: DeadlineRule) -> Self {
        match rule {
            DeadlineRule::ClampToRemaining => Self::ClampToRemaining,
            _ => Self::GiveUp,
        }
    }

    pub(crate) const fn rule(self) -> DeadlineRule {
        match self {
            Self::ClampToRemaining => DeadlineRule::ClampToRemaining,
            Self::GiveUp => DeadlineRule::GiveUp,
        }
    }
}

/// The name of a [`HintRule`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HintRuleName {
    Clamp,
    GiveUp,
    Ignore,
}

impl HintRuleName {
    pub(crate) const fn of(rule: HintRule) -> Self {
        match rule {
            HintRule::Clamp => Self::Clamp,
            HintRule::Ignore => Self::Ignore,
            _ => Self::GiveUp,
        }
    }

    pub(crate) const fn rule(self) -> HintRule {
        match self {
            Self::Clamp => HintRule::Clamp,
            Self::GiveUp => HintRule::GiveUp,
            Self::Ignore => HintRule::Ignore,
        }
    }
}
