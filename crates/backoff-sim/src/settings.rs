//! A policy as data.

mod any_schedule;
mod error;
mod fields;
mod rust;
mod values;

use std::slice;
use std::time::Duration;

use backoff_core::{Constant, Exponential, Fibonacci, Linear, Policy, Steps};
use serde::Deserialize;
use toml::{Table, Value};

pub use any_schedule::AnySchedule;
pub use error::SettingsError;

use fields::Fields;
use values::{Limit, ScheduleKind};

/// A policy as data: the settings of [`Policy`], by the same names and with the same defaults.
///
/// | key | in the Rust API | value |
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
/// | `attempt_timeout` | `with_attempt_timeout` | a duration, `"none"` |
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
#[serde(try_from = "Fields")]
pub struct Settings {
    fields: Fields,
}

impl TryFrom<Fields> for Settings {
    type Error = SettingsError;

    fn try_from(fields: Fields) -> Result<Self, SettingsError> {
        fields.check()?;
        Ok(Self { fields })
    }
}

impl Settings {
    /// Reads the settings of a table.
    ///
    /// # Errors
    ///
    /// Fails at the first key that is unknown or has an invalid value, and if the settings do not fit the schedule:
    /// each kind of schedule takes only its own arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::Settings;
    ///
    /// let table = toml::from_str("schedule = 'steps'\ntable = ['1s', '5s']\nratio = 2")?;
    /// let error = Settings::from_table(&table).unwrap_err();
    /// assert_eq!(error.to_string(), "ratio: only an exponential schedule has one");
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    pub fn from_table(table: &Table) -> Result<Self, SettingsError> {
        let fields: Fields = serde_path_to_error::deserialize(Value::Table(table.clone()))
            .map_err(|error| SettingsError {
                key: error.path().to_string(),
                message: error.inner().message().to_owned(),
            })?;
        Self::try_from(fields)
    }

    /// Returns whether the settings contain a deadline, or `"none"`, instead of leaving the default.
    #[must_use]
    pub fn sets_deadline(&self) -> bool {
        self.fields.deadline.is_some()
    }

    /// Builds the policy that the settings describe.
    #[must_use]
    pub fn policy(&self) -> Policy<AnySchedule<'_>> {
        let fields = &self.fields;
        let mut policy = Policy::new(self.schedule(fields.base(), &fields.table));
        if let Some(max) = fields.max_delay() {
            policy = policy.with_max_delay(max);
        }
        if let Some(base) = &fields.throttled_base {
            policy = policy.with_throttled_schedule(self.schedule(*base, slice::from_ref(base)));
        }
        if let Some(jitter) = fields.jitter {
            policy = policy.with_jitter(jitter);
        }
        policy = match fields.max_attempts {
            None => policy,
            Some(Limit::None) => policy.without_attempt_limit(),
            Some(Limit::At(attempts)) => policy.with_max_attempts(attempts),
        };
        policy = match fields.deadline {
            None => policy,
            Some(Limit::None) => policy.without_deadline(),
            Some(Limit::At(deadline)) => policy.with_deadline(deadline),
        };
        self.with_rules(policy)
    }

    /// Writes the policy as Rust source, to paste into a program.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::Settings;
    ///
    /// let settings: Settings = toml::from_str("base = '200ms'\nmax_delay = '30s'\nmax_attempts = 4")?;
    /// assert_eq!(settings.to_rust(), "\
    /// use backoff_core::Policy;
    /// use std::time::Duration;
    ///
    /// static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    ///     .with_max_attempts(4);
    /// ");
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    #[must_use]
    pub fn to_rust(&self) -> String {
        self.fields.to_rust()
    }

    fn with_rules<'t>(&self, mut policy: Policy<AnySchedule<'t>>) -> Policy<AnySchedule<'t>> {
        let fields = &self.fields;
        if let Some(name) = fields.deadline_rule {
            policy = policy.with_deadline_rule(name.rule());
        }
        if let Some(Limit::At(timeout)) = fields.attempt_timeout {
            policy = policy.with_attempt_timeout(timeout);
        }
        if let Some(limit) = fields.doubtful_limit {
            policy = policy.with_doubtful_limit(limit);
        }
        if let Some(max) = fields.max_hint {
            policy = policy.with_max_hint(max);
        }
        if let Some(name) = fields.hint_rule {
            policy = policy.with_hint_rule(name.rule());
        }
        policy
    }

    fn schedule<'t>(&self, base: Duration, table: &'t [Duration]) -> AnySchedule<'t> {
        let fields = &self.fields;
        match (fields.schedule, fields.ratio) {
            (ScheduleKind::Constant, _) => AnySchedule::Constant(Constant::new(base)),
            (ScheduleKind::Exponential, None) => AnySchedule::Exponential(Exponential::new(base)),
            (ScheduleKind::Exponential, Some((numerator, denominator))) => {
                AnySchedule::Exponential(Exponential::new(base).with_ratio(numerator, denominator))
            }
            (ScheduleKind::Fibonacci, _) => AnySchedule::Fibonacci(Fibonacci::new(base)),
            (ScheduleKind::Linear, _) => {
                AnySchedule::Linear(Linear::new(base, fields.step.unwrap_or(base)))
            }
            (ScheduleKind::Steps, _) => AnySchedule::Steps(Steps::new(table)),
        }
    }
}

#[cfg(test)]
mod tests {
    use backoff_core::{DeadlineRule, Jitter, Percent};

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
