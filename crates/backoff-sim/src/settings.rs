//! A policy as text.

use std::slice;
use std::time::Duration;

use backoff_core::{
    Constant, DeadlineRule, Exponential, Fibonacci, HintRule, Jitter, Linear, Policy, Steps,
};
use serde::Deserialize;

use crate::shape::Shape;
use crate::text::{self, Limit};

/// A policy as text: the settings of [`Policy`], by the same names, each with the same default.
///
/// | key | of the Rust API | value |
/// |---|---|---|
/// | `schedule` | the constructor | `"constant"`, `"exponential"`, `"fibonacci"`, `"linear"`, `"steps"` |
/// | `base`, `step`, `table` | its arguments | durations such as `"100ms"`, `"1m 30s"` |
/// | `ratio` | `with_ratio` | `"3/2"`, `"2"` |
/// | `max_delay` | `with_max_delay` | a duration |
/// | `throttled_base` | `with_throttled_schedule`, of the same kind with this base, or this as the only step | a duration |
/// | `jitter` | `with_jitter` | `"full"`, `"equal"`, `"decorrelated"`, `"none"`, `"additive=50ms"`, `"proportional=20%"` |
/// | `max_attempts` | `with_max_attempts`, `without_attempt_limit` | a number, `"forever"` |
/// | `deadline` | `with_deadline`, `without_deadline` | a duration, `"none"` |
/// | `deadline_rule` | `with_deadline_rule` | `"give-up"`, `"clamp-to-remaining"` |
/// | `attempt_timeout` | `with_attempt_timeout` | a duration |
/// | `doubtful_limit` | `with_doubtful_limit` | a number |
/// | `max_hint` | `with_max_hint` | a duration |
/// | `hint_rule` | `with_hint_rule` | `"clamp"`, `"give-up"`, `"ignore"` |
///
/// # Examples
///
/// ```
/// use backoff_sim::Settings;
///
/// let settings: Settings = toml::from_str(r#"
///     base = "200ms"
///     max_delay = "30s"
///     max_attempts = 4
/// "#)?;
/// let longest: Vec<_> = settings.policy().delays(|| u32::MAX).map(|delay| delay.as_millis()).collect();
/// assert_eq!(longest, [200, 400, 800]);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct Settings {
    pub(crate) schedule: Kind,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) base: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) step: Option<Duration>,
    #[serde(deserialize_with = "text::durations")]
    pub(crate) table: Vec<Duration>,
    #[serde(deserialize_with = "text::ratio")]
    pub(crate) ratio: Option<(u32, u32)>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) max_delay: Option<Duration>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) throttled_base: Option<Duration>,
    #[serde(deserialize_with = "text::jitter")]
    pub(crate) jitter: Option<Jitter>,
    #[serde(deserialize_with = "text::attempts")]
    pub(crate) max_attempts: Option<Limit<u32>>,
    #[serde(deserialize_with = "text::deadline")]
    pub(crate) deadline: Option<Limit<Duration>>,
    pub(crate) deadline_rule: Option<DeadlineName>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) doubtful_limit: Option<u32>,
    #[serde(deserialize_with = "text::duration")]
    pub(crate) max_hint: Option<Duration>,
    pub(crate) hint_rule: Option<HintName>,
}

/// A kind of schedule.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Constant,
    #[default]
    Exponential,
    Fibonacci,
    Linear,
    Steps,
}

/// A [`DeadlineRule`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeadlineName {
    ClampToRemaining,
    GiveUp,
}

/// A [`HintRule`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HintName {
    Clamp,
    GiveUp,
    Ignore,
}

/// The base of [`Policy::DEFAULT`].
pub(crate) const BASE: Duration = Duration::from_millis(100);
/// The maximum delay of [`Policy::DEFAULT`].
pub(crate) const MAX_DELAY: Duration = Duration::from_secs(20);

impl Settings {
    /// The policy that the settings describe.
    #[must_use]
    pub fn policy(&self) -> Policy<Shape<'_>> {
        let mut policy = Policy::new(self.shape(self.base(), &self.table));
        if let Some(max) = self.max_delay() {
            policy = policy.with_max_delay(max);
        }
        if let Some(base) = &self.throttled_base {
            policy = policy.with_throttled_schedule(self.shape(*base, slice::from_ref(base)));
        }
        if let Some(jitter) = self.jitter {
            policy = policy.with_jitter(jitter);
        }
        policy = match self.max_attempts {
            None => policy,
            Some(Limit::None) => policy.without_attempt_limit(),
            Some(Limit::At(attempts)) => policy.with_max_attempts(attempts),
        };
        policy = match self.deadline {
            None => policy,
            Some(Limit::None) => policy.without_deadline(),
            Some(Limit::At(deadline)) => policy.with_deadline(deadline),
        };
        self.with_rules(policy)
    }

    fn with_rules<'t>(&self, mut policy: Policy<Shape<'t>>) -> Policy<Shape<'t>> {
        if let Some(rule) = self.deadline_rule {
            policy = policy.with_deadline_rule(match rule {
                DeadlineName::ClampToRemaining => DeadlineRule::ClampToRemaining,
                DeadlineName::GiveUp => DeadlineRule::GiveUp,
            });
        }
        if let Some(timeout) = self.attempt_timeout {
            policy = policy.with_attempt_timeout(timeout);
        }
        if let Some(limit) = self.doubtful_limit {
            policy = policy.with_doubtful_limit(limit);
        }
        if let Some(max) = self.max_hint {
            policy = policy.with_max_hint(max);
        }
        if let Some(rule) = self.hint_rule {
            policy = policy.with_hint_rule(match rule {
                HintName::Clamp => HintRule::Clamp,
                HintName::GiveUp => HintRule::GiveUp,
                HintName::Ignore => HintRule::Ignore,
            });
        }
        policy
    }

    pub(crate) fn base(&self) -> Duration {
        self.base.unwrap_or(BASE)
    }

    /// The maximum delay, where there is one: a constant delay is its own, and a table has none by itself.
    pub(crate) fn max_delay(&self) -> Option<Duration> {
        self.max_delay.or(match self.schedule {
            Kind::Constant => Some(self.base()),
            Kind::Exponential | Kind::Fibonacci | Kind::Linear => Some(MAX_DELAY),
            Kind::Steps => None,
        })
    }

    fn shape<'t>(&self, base: Duration, table: &'t [Duration]) -> Shape<'t> {
        match (self.schedule, self.ratio) {
            (Kind::Constant, _) => Shape::Constant(Constant::new(base)),
            (Kind::Exponential, None) => Shape::Exponential(Exponential::new(base)),
            (Kind::Exponential, Some((numerator, denominator))) => {
                Shape::Exponential(Exponential::new(base).with_ratio(numerator, denominator))
            }
            (Kind::Fibonacci, _) => Shape::Fibonacci(Fibonacci::new(base)),
            (Kind::Linear, _) => Shape::Linear(Linear::new(base, self.step.unwrap_or(base))),
            (Kind::Steps, _) => Shape::Steps(Steps::new(table)),
        }
    }
}

#[cfg(test)]
mod tests {
    use backoff_core::Percent;

    use super::*;

    fn same<S: backoff_core::Schedule>(text: &str, expected: &Policy<S>) {
        let settings: Settings = toml::from_str(text).expect(text);
        let policy = settings.policy();
        for word in [0, 1 << 31, u32::MAX] {
            let delays: Vec<_> = policy.delays(|| word).take(20).collect();
            let expected: Vec<_> = expected.delays(|| word).take(20).collect();
            assert_eq!(delays, expected, "{text}");
        }
    }

    #[test]
    fn settings_are_those_of_the_rust_api() {
        const MS: fn(u64) -> Duration = Duration::from_millis;
        same("", &Policy::DEFAULT);
        same(
            "base = '5ms'\nmax_delay = '2s'",
            &Policy::exponential(MS(5), MS(2_000)),
        );
        same("ratio = '3/2'", &Policy::DEFAULT.with_ratio(3, 2));
        same(
            "schedule = 'constant'\nbase = '1s'",
            &Policy::constant(MS(1_000)),
        );
        same(
            "schedule = 'fibonacci'",
            &Policy::fibonacci(MS(100), MS(20_000)),
        );
        same(
            "schedule = 'linear'\nstep = '1s'\njitter = 'equal'",
            &Policy::linear(MS(100), MS(1_000), MS(20_000)).with_jitter(Jitter::Equal),
        );
        same(
            "schedule = 'steps'\ntable = ['1s', '5s']\njitter = 'proportional=20%'",
            &Policy::steps(&[MS(1_000), MS(5_000)])
                .with_jitter(Jitter::Proportional(Percent::new(20))),
        );
        same(
            "jitter = 'additive=50ms'\nmax_attempts = 'forever'\ndeadline = 'none'",
            &Policy::DEFAULT
                .with_jitter(Jitter::Additive(MS(50)))
                .retry_forever(),
        );
        same(
            "deadline = '1s'\ndeadline_rule = 'clamp-to-remaining'\nmax_attempts = 9",
            &Policy::DEFAULT
                .with_deadline(MS(1_000))
                .with_deadline_rule(DeadlineRule::ClampToRemaining)
                .with_max_attempts(9),
        );
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            ("bases = '1s'", "unknown field `bases`"),
            ("base = 100", "\"100\" is not a duration: time unit needed"),
            ("base = 1.5", "a duration such as \"100ms\""),
            ("jitter = 'fully'", "no such jitter"),
            ("schedule = 'cubic'", "unknown variant `cubic`"),
            ("max_attempts = 'often'", "a number or \"forever\""),
            ("ratio = '1/2/3'", "a ratio such as \"3/2\""),
        ];
        for (text, message) in cases {
            let error = toml::from_str::<Settings>(text)
                .expect_err(text)
                .to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
