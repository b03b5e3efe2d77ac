//! A policy as data that is checked later.

use serde::{Deserialize, Deserializer};

use super::keys::PolicyKeys;
use super::settings::PolicySettings;
use crate::error::SettingsError;
use crate::read::read_pairs;

/// The keys of a policy, which need not fit each other yet: a file, for example, that the flags of a command complete.
///
/// Each value is checked when it is read, and an unknown key is an error. Whether the keys fit each other is checked
/// by [`settings`](Self::settings), after all layers are joined. [`PolicySettings`] lists the keys.
///
/// # Examples
///
/// ```
/// use backoff_settings::PolicyLayer;
///
/// let file: PolicyLayer = toml::from_str("schedule = 'steps'")?;
/// let settings = file.with_overrides([("table", "1s, 5s")])?.settings()?;
/// assert_eq!(settings.policy().to_string(), "steps of 1 s, then 5 s, full jitter, 5 attempts, 60 s");
///
/// let error = file.settings().unwrap_err();
/// assert_eq!(error.to_string(), "schedule: steps needs a table of windows");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyLayer(PolicyKeys);

impl PolicyLayer {
    /// Returns these keys, changed by pairs of a key and a text, such as those of a command line.
    ///
    /// Another `schedule` removes the keys that it has no use for, and a limit of `none` removes its rule.
    ///
    /// # Errors
    ///
    /// Fails if a key is unknown or if a value is invalid.
    pub fn with_overrides<K: Into<String>, V: Into<String>>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, SettingsError> {
        let pairs = pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()));
        let upper: PolicyKeys = read_pairs(pairs)?;
        Ok(Self(upper.over(&self.0)))
    }

    /// Returns the settings that the keys describe.
    ///
    /// # Errors
    ///
    /// Fails if the keys contradict each other. The path of the error is one of their names.
    pub fn settings(&self) -> Result<PolicySettings, SettingsError> {
        PolicySettings::new(self.0.clone())
    }
}

impl From<&PolicySettings> for PolicyLayer {
    fn from(settings: &PolicySettings) -> Self {
        Self(settings.keys().clone())
    }
}

impl<'de> Deserialize<'de> for PolicyLayer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        PolicyKeys::deserialize(from).map(Self)
    }
}
