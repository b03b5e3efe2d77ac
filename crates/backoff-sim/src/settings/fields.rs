//! The settings by their keys.

use std::time::Duration;

use backoff_core::Jitter;
use serde::Deserialize;

use super::error::SettingsError;
use super::values::{self, DeadlineRuleName, HintRuleName, Limit, ScheduleKind};
use crate::text;

/// The settings of a policy by their keys; `None` is the default of `Policy`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fields {
    pub(crate) schedule: ScheduleKind,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) base: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) step: Option<Duration>,
    #[serde(deserialize_with = "values::durations")]
    pub(crate) table: Vec<Duration>,
    #[serde(deserialize_with = "values::ratio")]
    pub(crate) ratio: Option<(u32, u32)>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) max_delay: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) throttled_base: Option<Duration>,
    #[serde(deserialize_with = "values::jitter")]
    pub(crate) jitter: Option<Jitter>,
    #[serde(deserialize_with = "values::attempts")]
    pub(crate) max_attempts: Option<Limit<u32>>,
    #[serde(deserialize_with = "values::time_limit")]
    pub(crate) deadline: Option<Limit<Duration>>,
    pub(crate) deadline_rule: Option<DeadlineRuleName>,
    #[serde(deserialize_with = "values::time_limit")]
    pub(crate) attempt_timeout: Option<Limit<Duration>>,
    pub(crate) doubtful_limit: Option<u32>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) max_hint: Option<Duration>,
    pub(crate) hint_rule: Option<HintRuleName>,
}

/// The base of `Policy::DEFAULT`.
pub(crate) const DEFAULT_BASE: Duration = Duration::from_millis(100);
/// The maximum delay of `Policy::DEFAULT`.
pub(crate) const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);

impl Fields {
    pub(crate) fn base(&self) -> Duration {
        self.base.unwrap_or(DEFAULT_BASE)
    }

    /// The maximum delay. A constant delay is its own maximum, and a table has none unless it is set.
    pub(crate) fn max_delay(&self) -> Option<Duration> {
        self.max_delay.or(match self.schedule {
            ScheduleKind::Constant => Some(self.base()),
            ScheduleKind::Exponential | ScheduleKind::Fibonacci | ScheduleKind::Linear => {
                Some(DEFAULT_MAX_DELAY)
            }
            ScheduleKind::Steps => None,
        })
    }

    /// Fails if the schedule lacks a setting, or has no use for one.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let kind = self.schedule;
        let has_table = !self.table.is_empty();
        let rules = [
            (
                kind == ScheduleKind::Steps && !has_table,
                ("schedule", "steps needs a table of windows"),
            ),
            (
                kind != ScheduleKind::Steps && has_table,
                ("table", "only a steps schedule has one"),
            ),
            (
                kind == ScheduleKind::Steps && self.base.is_some(),
                ("base", "a steps schedule has a table instead"),
            ),
            (
                kind != ScheduleKind::Linear && self.step.is_some(),
                ("step", "only a linear schedule has one"),
            ),
            (
                kind != ScheduleKind::Exponential && self.ratio.is_some(),
                ("ratio", "only an exponential schedule has one"),
            ),
        ];
        match rules.into_iter().find(|(broken, _)| *broken) {
            Some((_, (key, message))) => Err(SettingsError {
                key: key.to_owned(),
                message: message.to_owned(),
            }),
            None => Ok(()),
        }
    }
}
