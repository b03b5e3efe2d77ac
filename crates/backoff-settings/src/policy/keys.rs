//! The keys of a policy.

use std::time::Duration;

use backoff_core::{Jitter, Policy};
use serde::{Deserialize, Serialize};

use super::names::{DeadlineRuleName, HintRuleName, ScheduleKind};
use super::schedule_keys::ScheduleKeys;
use crate::any_schedule::AnySchedule;
use crate::error::SettingsError;
use crate::value::{AttemptLimit, Range, Ratio, Text, TimeLimit, WindowTable, duration_text};

/// The keys of a policy. A key that is missing has the default of `Policy`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PolicyKeys {
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
    /// The longest delay; the default is 20 s, the base of a constant schedule, and `none` for steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_delay: Option<Text<TimeLimit>>,
    /// The schedule after throttled failures: like the common one, with this base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throttled_base: Option<Text<Duration>>,
    /// The schedule after throttled failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throttled: Option<ScheduleKeys>,
    /// How delays are drawn from windows; the default is `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jitter: Option<Text<Jitter>>,
    /// The longest wait before the first attempt; the default is zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_delay: Option<Text<Duration>>,
    /// The largest number of attempts, the first included; the default is 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_attempts: Option<Text<AttemptLimit>>,
    /// The time for all attempts and waits together; the default is 60 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<Text<TimeLimit>>,
    /// What happens to a wait that would pass the deadline; the default is `give-up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline_rule: Option<DeadlineRuleName>,
    /// The time for one attempt; the default is `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempt_timeout: Option<Text<TimeLimit>>,
    /// How many doubtful failures are retried; the default is 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) doubtful_limit: Option<Text<Range<0, { u32::MAX }>>>,
    /// The longest hint that is obeyed; the default is 120 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_hint: Option<Text<TimeLimit>>,
    /// What happens to a longer hint; the default is `give-up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint_rule: Option<HintRuleName>,
}

/// The maximum delay of `Policy::DEFAULT`.
const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);

impl PolicyKeys {
    /// Makes the policy, or says which key is wrong.
    pub(super) fn policy(&self) -> Result<Policy<AnySchedule>, SettingsError> {
        let schedule = self.schedule_keys();
        let throttled = self.throttled_keys()?;
        let mut policy = Policy::new(schedule.schedule()?);
        if let Some(keys) = &throttled {
            let schedule = keys.schedule();
            policy = policy
                .with_throttled_schedule(schedule.map_err(|error| error.within("throttled"))?);
        }
        if let Some(max) = self.checked_max(&schedule, throttled.as_ref())? {
            policy = policy.with_max_delay(max);
        }
        if let Some(Text(jitter)) = self.jitter {
            policy = policy.with_jitter(jitter);
        }
        if let Some(Text(spread)) = self.first_delay {
            policy = policy.with_first_delay(spread);
        }
        self.check_rules()?;
        Ok(self.with_limits(policy))
    }

    pub(super) fn schedule_keys(&self) -> ScheduleKeys {
        ScheduleKeys {
            schedule: self.schedule,
            base: self.base,
            step: self.step,
            table: self.table.clone(),
            ratio: self.ratio,
        }
    }

    /// Returns the schedule after throttled failures. `throttled_base` repeats the common one with another base.
    fn throttled_keys(&self) -> Result<Option<ScheduleKeys>, SettingsError> {
        match (&self.throttled, self.throttled_base) {
            (throttled, None) => Ok(throttled.clone()),
            (Some(_), Some(_)) => Err(SettingsError::new(
                "throttled_base",
                "throttled is set too, and only one of them can be",
            )),
            (None, Some(Text(base))) => {
                let common = self.schedule_keys();
                Ok(Some(if common.kind() == ScheduleKind::Steps {
                    ScheduleKeys {
                        table: Some(WindowTable::of(&[base])),
                        ..common
                    }
                } else {
                    ScheduleKeys {
                        base: Some(Text(base)),
                        ..common
                    }
                }))
            }
        }
    }

    /// Returns the maximum delay, which must not be less than a base that is set.
    fn checked_max(
        &self,
        schedule: &ScheduleKeys,
        throttled: Option<&ScheduleKeys>,
    ) -> Result<Option<Duration>, SettingsError> {
        let base_of_throttled = throttled.map_or(Duration::ZERO, ScheduleKeys::base);
        let by_default = match schedule.kind() {
            ScheduleKind::Constant => Some(schedule.base().max(base_of_throttled)),
            ScheduleKind::Exponential | ScheduleKind::Fibonacci | ScheduleKind::Linear => {
                Some(DEFAULT_MAX_DELAY)
            }
            ScheduleKind::Steps => None,
        };
        let max = self.max_delay.map_or(by_default, |Text(max)| max.0);
        let throttled = throttled.and_then(|keys| keys.base);
        let bases = [("base", schedule.base), ("the throttled base", throttled)];
        for (key, base) in bases {
            match (base, max) {
                (Some(Text(base)), Some(max)) if base > max => {
                    let [base, max] = [base, max].map(duration_text);
                    let by_default = self.max_delay.map_or(" by default", |_| "");
                    let message = format!("{max}{by_default} is less than {key}, {base}");
                    return Err(SettingsError::new("max_delay", message));
                }
                _ => {}
            }
        }
        Ok(max)
    }

    /// Fails if a rule is about a limit that is lifted.
    fn check_rules(&self) -> Result<(), SettingsError> {
        let none = Some(Text(TimeLimit(None)));
        if self.deadline == none && self.deadline_rule.is_some() {
            return Err(SettingsError::new(
                "deadline_rule",
                "deadline is \"none\", so it has no rule",
            ));
        }
        if self.max_hint == none && self.hint_rule.is_some() {
            return Err(SettingsError::new(
                "hint_rule",
                "max_hint is \"none\", so no hint is too long",
            ));
        }
        Ok(())
    }

    fn with_limits(&self, mut policy: Policy<AnySchedule>) -> Policy<AnySchedule> {
        policy = match self.max_attempts {
            None => policy,
            Some(Text(AttemptLimit(None))) => policy.without_attempt_limit(),
            Some(Text(AttemptLimit(Some(attempts)))) => policy.with_max_attempts(attempts),
        };
        policy = match self.deadline {
            None => policy,
            Some(Text(TimeLimit(None))) => policy.without_deadline(),
            Some(Text(TimeLimit(Some(deadline)))) => policy.with_deadline(deadline),
        };
        if let Some(name) = self.deadline_rule {
            policy = policy.with_deadline_rule(name.rule());
        }
        if let Some(Text(TimeLimit(Some(timeout)))) = self.attempt_timeout {
            policy = policy.with_attempt_timeout(timeout);
        }
        if let Some(Text(Range(limit))) = self.doubtful_limit {
            policy = policy.with_doubtful_limit(limit);
        }
        if let Some(Text(TimeLimit(max))) = self.max_hint {
            policy = policy.with_max_hint(max.unwrap_or(Duration::MAX));
        }
        match self.hint_rule {
            None => policy,
            Some(name) => policy.with_hint_rule(name.rule()),
        }
    }
}
