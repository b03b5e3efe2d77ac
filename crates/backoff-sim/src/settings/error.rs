//! What is wrong with a setting.

use std::fmt;

/// Says which setting is wrong, or does not fit the others, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SettingsError {
    /// The key of the setting.
    pub key: String,
    /// What is wrong with it, in one line.
    pub message: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, message } = self;
        if message.contains(&format!("`{key}`")) {
            return f.write_str(message);
        }
        write!(f, "{key}: {message}")
    }
}

impl std::error::Error for SettingsError {}
