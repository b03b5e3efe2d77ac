//! A policy as one line of a log.

use core::fmt;
use core::num::NonZeroU32;

use super::defaults::{DOUBTFUL_LIMIT, MAX_HINT};
use super::policy::Policy;
use super::rule::{DeadlineRule, HintRule};
use crate::duration_text::DurationText;
use crate::schedule::Schedule;

/// Shows the policy in one line: the schedule, the jitter, the limit on attempts, the deadline, and every other setting
/// that differs from its default.
///
/// Durations are exact and have one unit.
///
/// # Examples
///
/// ```
/// # use backoff_core::Policy;
/// # use core::time::Duration;
/// let policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30));
/// assert_eq!(
///     policy.to_string(),
///     "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s",
/// );
/// assert_eq!(
///     policy.retry_forever().with_ratio(3, 2).to_string(),
///     "exponential from 200 ms by 3/2 to 30 s, full jitter, no attempt limit, no deadline",
/// );
/// ```
impl<S: Schedule + fmt::Display> fmt::Display for Policy<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.schedule)?;
        if !self.is_constant_at_its_maximum() && self.max_delay != u64::MAX {
            write!(f, " to {}", DurationText(self.max_delay))?;
        }
        if let Some(throttled) = &self.throttled {
            write!(f, ", when throttled {throttled}")?;
        }
        write!(f, ", {}", self.jitter.jitter())?;
        self.fmt_attempts(f)?;
        self.fmt_deadline(f)?;
        self.fmt_hints(f)?;
        match self.first_delay {
            0 => Ok(()),
            spread => write!(f, ", first attempt within {}", DurationText(spread)),
        }
    }
}

impl<S: Schedule> Policy<S> {
    /// Returns whether the maximum repeats the schedule, as that of [`Policy::constant`] does.
    fn is_constant_at_its_maximum(&self) -> bool {
        let windows = [NonZeroU32::MIN, NonZeroU32::MAX].map(|retry| self.schedule.nanos(retry));
        windows == [self.max_delay; 2]
    }
}

impl<S> Policy<S> {
    fn fmt_attempts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max_attempts() {
            None => f.write_str(", no attempt limit")?,
            Some(1) => f.write_str(", 1 attempt")?,
            Some(attempts) => write!(f, ", {attempts} attempts")?,
        }
        if self.attempt_timeout != u64::MAX {
            write!(f, ", {} per attempt", DurationText(self.attempt_timeout))?;
        }
        match self.doubtful_limit {
            DOUBTFUL_LIMIT => Ok(()),
            0 => f.write_str(", no doubtful retries"),
            1 => f.write_str(", 1 doubtful retry"),
            retries => write!(f, ", {retries} doubtful retries"),
        }
    }

    fn fmt_deadline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.deadline {
            u64::MAX => return f.write_str(", no deadline"),
            deadline => write!(f, ", {}", DurationText(deadline))?,
        }
        match self.deadline_rule {
            DeadlineRule::ClampToRemaining => f.write_str(" and a last attempt at its end"),
            DeadlineRule::GiveUp => Ok(()),
        }
    }

    fn fmt_hints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.hint_rule {
            HintRule::Clamp => ", longer ones clamped",
            HintRule::GiveUp => "",
            HintRule::Ignore => ", longer ones ignored",
        };
        match self.max_hint {
            u64::MAX => f.write_str(", hints of any length"),
            MAX_HINT if rule.is_empty() => Ok(()),
            max => write!(f, ", hints up to {}{rule}", DurationText(max)),
        }
    }
}
