//! What is wrong with settings.

use std::fmt;

/// Says which setting is wrong, and what was expected.
///
/// # Examples
///
/// ```
/// use backoff_settings::PolicySettings;
///
/// let error = PolicySettings::default().with_overrides([("max_attempts", "0")]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "max_attempts: \"0\" is not a number of attempts from 1 to 4294967295, or \"forever\"",
/// );
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SettingsError {
    /// The path of the setting, such as `orders.policy.max_attempts`; empty for the whole.
    pub path: String,
    /// What is wrong with it, and what was expected.
    pub message: String,
}

impl SettingsError {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// Puts a key before the path.
    pub(crate) fn within(self, key: &str) -> Self {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{key}.{}", self.path)
        };
        Self { path, ..self }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for SettingsError {}
