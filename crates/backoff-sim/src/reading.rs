//! Settings, read from a table, with the key of each mistake.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use toml::{Table, Value};

use crate::settings::{Kind, Settings};

/// A setting that is wrong, or that does not fit the others.
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

impl Settings {
    /// Reads the settings of a table.
    ///
    /// # Errors
    ///
    /// Fails at the first key that is not a setting or whose value is not one of it, and where settings do not fit the
    /// schedule: each kind of schedule takes its own arguments only.
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
        // One at a time, which tells whose mistake it is.
        for (key, value) in table {
            unchecked(Table::from_iter([(key.clone(), value.clone())]))
                .map_err(|error| at(key, error.message()))?;
        }
        let settings = unchecked(table.clone()).map_err(|error| at("", error.message()))?;
        settings.fit()?;
        Ok(settings)
    }

    /// Fails where a setting is of no use to the schedule, or lacks.
    fn fit(&self) -> Result<(), SettingsError> {
        let kind = self.schedule;
        let has_table = !self.table.is_empty();
        let rules = [
            (
                kind == Kind::Steps && !has_table,
                ("schedule", "steps needs a table of windows"),
            ),
            (
                kind != Kind::Steps && has_table,
                ("table", "only a steps schedule has one"),
            ),
            (
                kind == Kind::Steps && self.base.is_some(),
                ("base", "a steps schedule has a table instead"),
            ),
            (
                kind != Kind::Linear && self.step.is_some(),
                ("step", "only a linear schedule has one"),
            ),
            (
                kind != Kind::Exponential && self.ratio.is_some(),
                ("ratio", "only an exponential schedule has one"),
            ),
        ];
        match rules.into_iter().find(|(broken, _)| *broken) {
            Some((_, (key, message))) => Err(at(key, message)),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_table(&Table::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// The settings of a table, whether they fit each other or not.
fn unchecked(table: Table) -> Result<Settings, toml::de::Error> {
    Settings::deserialize(Value::Table(table))
}

fn at(key: &str, message: &str) -> SettingsError {
    SettingsError {
        key: key.to_owned(),
        message: message.to_owned(),
    }
}
