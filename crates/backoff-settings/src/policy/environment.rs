//! Settings from environment variables.

use std::env;

use super::settings::PolicySettings;
use crate::error::SettingsError;

impl PolicySettings {
    /// Returns these settings, changed by the environment variables of this process that begin with `prefix` and `_`.
    /// A `_` at the end of the prefix makes no difference.
    ///
    /// With the prefix `ORDERS_RETRY`, the variable `ORDERS_RETRY_MAX_ATTEMPTS` sets `max_attempts`. Only
    /// `throttled`, a table, has no variable. A text that is not Unicode is an invalid value.
    ///
    /// # Errors
    ///
    /// Fails like [`with_overrides`](Self::with_overrides). The path of the error is the name of the variable. A
    /// variable with this prefix that is no setting is an error too, so choose a prefix for retries alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_settings::PolicySettings;
    ///
    /// // ORDERS_RETRY_MAX_ATTEMPTS=7 orders
    /// let settings = PolicySettings::default().with_environment("ORDERS_RETRY")?;
    /// # Ok::<(), backoff_settings::SettingsError>(())
    /// ```
    pub fn with_environment(&self, prefix: &str) -> Result<Self, SettingsError> {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        self.with_variables(
            prefix,
            env::vars_os().map(|(name, value)| (text(name), text(value))),
        )
    }

    /// Returns these settings, changed by the variables among these that begin with `prefix` and `_`.
    ///
    /// # Errors
    ///
    /// Fails like [`with_environment`](Self::with_environment).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_settings::PolicySettings;
    ///
    /// let variables = |value: &str| [("HOME".to_owned(), "/root".to_owned()), ("RETRY_BASE".to_owned(), value.to_owned())];
    /// let settings = PolicySettings::default().with_variables("RETRY", variables("2s"))?;
    /// assert_eq!(settings.policy().to_string(), "exponential from 2 s to 20 s, full jitter, 5 attempts, 60 s");
    ///
    /// let error = settings.with_variables("RETRY", variables("2 parsecs")).unwrap_err();
    /// assert_eq!(error.path, "RETRY_BASE");
    /// # Ok::<(), backoff_settings::SettingsError>(())
    /// ```
    pub fn with_variables(
        &self,
        prefix: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let prefix = prefix.trim_end_matches('_');
        let pairs = variables.into_iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(prefix)?.strip_prefix('_')?;
            Some((key.to_ascii_lowercase(), value))
        });
        self.with_overrides(pairs).map_err(|error| SettingsError {
            path: format!("{prefix}_{}", error.path.to_ascii_uppercase()),
            ..error
        })
    }
}
