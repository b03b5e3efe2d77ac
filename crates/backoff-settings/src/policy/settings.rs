//! A policy as data.

use backoff_core::Policy;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::keys::PolicyKeys;
use super::rust;
use crate::any_schedule::AnySchedule;
use crate::error::SettingsError;

/// A policy as data: the settings of [`Policy`], by the names of the Rust API and with its defaults.
///
/// It is read and written by serde, in any format that describes itself: TOML, JSON, YAML.
///
/// | key | in the Rust API | value |
/// |---|---|---|
/// | `schedule` | the constructor | `"constant"`, `"exponential"`, `"fibonacci"`, `"linear"`, `"steps"` |
/// | `base`, `step` | its arguments | durations such as `"100ms"`, `"1m 30s"` |
/// | `table` | its argument | a list of 1 to 1,000 durations, or a text: `"1s, 5s"` |
/// | `ratio` | `with_ratio` | `"3/2"`, `1.5`, `2`; at least 1 |
/// | `max_delay` | `with_max_delay` | a duration, not less than `base`; `"none"` |
/// | `throttled_base` | `with_throttled_schedule`, of the same kind with this base, or this as the only step | a duration |
/// | `throttled` | `with_throttled_schedule` | a table with `schedule`, `base`, `step`, `table`, `ratio` |
/// | `jitter` | `with_jitter` | `"full"`, `"equal"`, `"decorrelated"`, `"none"`, `"additive=50ms"`, `"proportional=20%"` |
/// | `first_delay` | `with_first_delay` | a duration |
/// | `max_attempts` | `with_max_attempts`, `without_attempt_limit` | a number from 1 on, `"forever"` |
/// | `deadline` | `with_deadline`, `without_deadline` | a duration, `"none"` |
/// | `deadline_rule` | `with_deadline_rule` | `"give-up"`, `"clamp-to-remaining"` |
/// | `attempt_timeout` | `with_attempt_timeout` | a duration, `"none"` |
/// | `doubtful_limit` | `with_doubtful_limit` | a number from 0 on |
/// | `max_hint` | `with_max_hint` | a duration, `"none"` |
/// | `hint_rule` | `with_hint_rule` | `"clamp"`, `"give-up"`, `"ignore"` |
///
/// An unknown key, a wrong type, a number out of its range, and keys that contradict each other are errors.
///
/// # Examples
///
/// ```
/// use backoff_settings::PolicySettings;
///
/// let settings: PolicySettings = toml::from_str(r#"
///     base = "200ms"
///     max_delay = "30s"
///     max_attempts = 4
/// "#)?;
/// let longest: Vec<_> = settings.policy().delays(|| u32::MAX).map(|delay| delay.as_millis()).collect();
/// assert_eq!(longest, [200, 400, 800]);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicySettings {
    keys: PolicyKeys,
    policy: Policy<AnySchedule>,
}

impl PolicySettings {
    pub(crate) fn new(keys: PolicyKeys) -> Result<Self, SettingsError> {
        let policy = keys.policy()?;
        Ok(Self { keys, policy })
    }

    pub(crate) const fn keys(&self) -> &PolicyKeys {
        &self.keys
    }

    /// Returns the policy that the settings describe.
    #[must_use]
    pub const fn policy(&self) -> Policy<AnySchedule> {
        self.policy
    }

    /// Returns whether the settings contain a deadline, or `"none"`, instead of leaving the default.
    #[must_use]
    pub const fn sets_deadline(&self) -> bool {
        self.keys.deadline.is_some()
    }

    /// Returns these settings, changed by pairs of a key and a text, such as those of a command line.
    ///
    /// Another `schedule` removes the keys that it has no use for, and a limit of `none` removes its rule.
    ///
    /// # Errors
    ///
    /// Fails if a key is unknown, if a value is invalid, or if the keys then contradict each other.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_settings::PolicySettings;
    ///
    /// let settings = PolicySettings::default().with_overrides([("schedule", "steps"), ("table", "1s, 5s")])?;
    /// let text = settings.policy().to_string();
    /// assert_eq!(text, "steps of 1 s, then 5 s, full jitter, 5 attempts, 60 s");
    /// # Ok::<(), backoff_settings::SettingsError>(())
    /// ```
    pub fn with_overrides<K: Into<String>, V: Into<String>>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, SettingsError> {
        let pairs = pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()));
        let upper: PolicyKeys = crate::read::read_pairs(pairs)?;
        Self::new(upper.over(&self.keys))
    }

    /// Writes the policy as Rust source, to paste into a program. Settings that equal the default are left out.
    ///
    /// The source uses `backoff-core` alone, except where the schedule after throttled failures is of another kind than
    /// the common one: that needs [`AnySchedule`] of this crate.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_settings::PolicySettings;
    ///
    /// let settings: PolicySettings = toml::from_str("base = '200ms'\nmax_delay = '30s'\nmax_attempts = 4")?;
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
        rust::source(&self.policy)
    }
}

impl Default for PolicySettings {
    /// Leaves every setting at its default: [`Policy::DEFAULT`].
    fn default() -> Self {
        Self {
            keys: PolicyKeys::default(),
            policy: AnySchedule::DEFAULT_POLICY,
        }
    }
}

/// Writes any policy as data, by every key that it has.
///
/// The data describes the same decisions. What makes no difference to them is not kept: a base above the maximum delay
/// counts as the maximum, an empty table is one window of zero, a table ends after 1,000 windows, and a limit that is
/// lifted has no rule.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_settings::PolicySettings;
/// use std::time::Duration;
///
/// static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30)).with_ratio(3, 2);
///
/// let json = serde_json::to_value(PolicySettings::from(POLICY))?;
/// assert_eq!((&json["ratio"], &json["max_delay"]), (&"3/2".into(), &"30s".into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<S: Copy + Into<AnySchedule>> From<Policy<S>> for PolicySettings {
    fn from(policy: Policy<S>) -> Self {
        Self::new(PolicyKeys::of(&policy)).unwrap_or_default()
    }
}

impl Serialize for PolicySettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.keys.serialize(to)
    }
}

impl<'de> Deserialize<'de> for PolicySettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(PolicyKeys::deserialize(from)?).map_err(Error::custom)
    }
}

#[cfg(feature = "schemars-1")]
#[cfg_attr(docsrs, doc(cfg(feature = "schemars-1")))]
impl schemars::JsonSchema for PolicySettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PolicySettings".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PolicyKeys::json_schema(generator)
    }
}
