//! A schedule as data.

use std::num::NonZeroU32;
use std::time::Duration;

use backoff_core::{Constant, Exponential, Fibonacci, Linear, Schedule as _, Steps};
use serde::{Deserialize, Serialize};

use super::names::ScheduleKind;
use crate::any_schedule::AnySchedule;
use crate::error::SettingsError;
use crate::value::{Ratio, Text, WindowTable};

/// The keys of a schedule. A key that is missing has the default of `Policy`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScheduleKeys {
    /// The kind of schedule; the default is `exponential`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schedule: Option<ScheduleKind>,
    /// The first window; the default is 100 ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<Text<Duration>>,
    /// What each retry adds to the window of a linear schedule; the default is the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<Text<Duration>>,
    /// The windows of a steps schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) table: Option<WindowTable>,
    /// The growth factor of an exponential schedule; the default is 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<Text<Ratio>>,
}

/// The base of `Policy::DEFAULT`.
pub(crate) const DEFAULT_BASE: Duration = Duration::from_millis(100);

impl ScheduleKeys {
    pub(crate) fn kind(&self) -> ScheduleKind {
        self.schedule.unwrap_or_default()
    }

    pub(crate) fn base(&self) -> Duration {
        self.base.map_or(DEFAULT_BASE, |Text(base)| base)
    }

    /// Fails if the schedule lacks a key, or has no use for one.
    pub(crate) fn schedule(&self) -> Result<AnySchedule, SettingsError> {
        self.check()?;
        let base = self.base();
        Ok(match self.kind() {
            ScheduleKind::Constant => Constant::new(base).into(),
            ScheduleKind::Exponential => match self.ratio {
                None => Exponential::new(base).into(),
                Some(Text(ratio)) => Exponential::new(base)
                    .with_ratio(ratio.numerator, ratio.denominator)
                    .into(),
            },
            ScheduleKind::Fibonacci => Fibonacci::new(base).into(),
            ScheduleKind::Linear => {
                Linear::new(base, self.step.map_or(base, |Text(step)| step)).into()
            }
            ScheduleKind::Steps => {
                let windows = self.table.as_ref().map(WindowTable::windows);
                Steps::new(windows.unwrap_or_default()).into()
            }
        })
    }

    fn check(&self) -> Result<(), SettingsError> {
        let kind = self.kind();
        let steps = kind == ScheduleKind::Steps;
        let mistakes = [
            (
                steps && self.table.is_none(),
                "schedule",
                "steps needs a table of windows",
            ),
            (
                !steps && self.table.is_some(),
                "table",
                "only a steps schedule has one",
            ),
            (
                steps && self.base.is_some(),
                "base",
                "a steps schedule has a table instead",
            ),
            (
                kind != ScheduleKind::Linear && self.step.is_some(),
                "step",
                "only a linear schedule has one",
            ),
            (
                kind != ScheduleKind::Exponential && self.ratio.is_some(),
                "ratio",
                "only an exponential schedule has one",
            ),
        ];
        match mistakes.into_iter().find(|(made, ..)| *made) {
            Some((_, key, message)) => Err(SettingsError::new(key, message)),
            None => Ok(()),
        }
    }

    /// Writes a schedule whose windows are at most `max`, by every key that it has.
    pub(crate) fn of(schedule: AnySchedule, max: Option<Duration>) -> Self {
        // Windows are at most the maximum, so a higher base reads as the maximum.
        let base = |base: Duration| Some(Text(max.map_or(base, |max| base.min(max))));
        let keys = |kind| Self {
            schedule: Some(kind),
            ..Self::default()
        };
        match schedule {
            AnySchedule::Constant(it) => Self {
                base: base(it.delay(NonZeroU32::MIN)),
                ..keys(ScheduleKind::Constant)
            },
            AnySchedule::Exponential(it) => {
                let (numerator, denominator) = it.ratio();
                Self {
                    base: base(it.base()),
                    ratio: Some(Text(Ratio {
                        numerator,
                        denominator,
                    })),
                    ..keys(ScheduleKind::Exponential)
                }
            }
            AnySchedule::Fibonacci(it) => Self {
                base: base(it.base()),
                ..keys(ScheduleKind::Fibonacci)
            },
            AnySchedule::Linear(it) => Self {
                base: base(it.base()),
                step: Some(Text(it.step())),
                ..keys(ScheduleKind::Linear)
            },
            AnySchedule::Steps(it) => Self {
                table: Some(WindowTable::of(it.table())),
                ..keys(ScheduleKind::Steps)
            },
        }
    }
}
