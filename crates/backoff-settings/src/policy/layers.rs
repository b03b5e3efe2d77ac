//! Settings over settings.

use super::keys::PolicyKeys;
use super::names::ScheduleKind;
use crate::value::{Text, TimeLimit};

impl PolicyKeys {
    /// Returns these keys, and those of `lower` where these have none.
    ///
    /// Another kind of schedule, or a limit that is lifted, also removes the keys of `lower` that it has no use for.
    pub(crate) fn over(self, lower: &Self) -> Self {
        let lower = self.without_what_it_replaces(lower.clone());
        Self {
            schedule: self.schedule.or(lower.schedule),
            base: self.base.or(lower.base),
            step: self.step.or(lower.step),
            table: self.table.or(lower.table),
            ratio: self.ratio.or(lower.ratio),
            max_delay: self.max_delay.or(lower.max_delay),
            throttled_base: self.throttled_base.or(lower.throttled_base),
            throttled: self.throttled.or(lower.throttled),
            jitter: self.jitter.or(lower.jitter),
            first_delay: self.first_delay.or(lower.first_delay),
            max_attempts: self.max_attempts.or(lower.max_attempts),
            deadline: self.deadline.or(lower.deadline),
            deadline_rule: self.deadline_rule.or(lower.deadline_rule),
            attempt_timeout: self.attempt_timeout.or(lower.attempt_timeout),
            doubtful_limit: self.doubtful_limit.or(lower.doubtful_limit),
            max_hint: self.max_hint.or(lower.max_hint),
            hint_rule: self.hint_rule.or(lower.hint_rule),
        }
    }

    fn without_what_it_replaces(&self, mut lower: Self) -> Self {
        let none = Some(Text(TimeLimit(None)));
        if let Some(kind) = self.schedule {
            if kind == ScheduleKind::Steps {
                lower.base = None;
            } else {
                lower.table = None;
            }
            if kind != ScheduleKind::Linear {
                lower.step = None;
            }
            if kind != ScheduleKind::Exponential {
                lower.ratio = None;
            }
        }
        if self.throttled.is_some() {
            lower.throttled_base = None;
        }
        if self.throttled_base.is_some() {
            lower.throttled = None;
        }
        if self.deadline == none {
            lower.deadline_rule = None;
        }
        if self.max_hint == none {
            lower.hint_rule = None;
        }
        lower
    }
}
