//! Any policy as data.

use std::time::Duration;

use backoff_core::Policy;

use super::keys::PolicyKeys;
use super::names::{DeadlineRuleName, HintRuleName};
use super::schedule_keys::ScheduleKeys;
use crate::any_schedule::AnySchedule;
use crate::value::{AttemptLimit, Range, Text, TimeLimit};

impl PolicyKeys {
    /// Writes a policy by every key that it has.
    pub(super) fn of<S: Copy + Into<AnySchedule>>(policy: &Policy<S>) -> Self {
        let max_delay = policy.max_delay();
        let common = ScheduleKeys::of((*policy.schedule()).into(), max_delay);
        let throttled = policy.throttled_schedule();
        let deadline = policy.deadline();
        let max_hint = (policy.max_hint() < Duration::MAX).then(|| policy.max_hint());
        Self {
            schedule: common.schedule,
            base: common.base,
            step: common.step,
            table: common.table,
            ratio: common.ratio,
            max_delay: Some(Text(TimeLimit(max_delay))),
            throttled_base: None,
            throttled: throttled.map(|schedule| ScheduleKeys::of((*schedule).into(), max_delay)),
            jitter: Some(Text(policy.jitter())),
            first_delay: Some(Text(policy.first_delay())),
            max_attempts: Some(Text(AttemptLimit(policy.max_attempts()))),
            deadline: Some(Text(TimeLimit(deadline))),
            deadline_rule: deadline.map(|_| DeadlineRuleName::of(policy.deadline_rule())),
            attempt_timeout: Some(Text(TimeLimit(policy.timeout_per_attempt()))),
            doubtful_limit: Some(Text(Range(policy.doubtful_limit()))),
            max_hint: Some(Text(TimeLimit(max_hint))),
            hint_rule: max_hint.map(|_| HintRuleName::of(policy.hint_rule())),
        }
    }
}
