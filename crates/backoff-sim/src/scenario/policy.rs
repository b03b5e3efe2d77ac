//! The policies of a scenario.

use std::time::Duration;

use backoff_settings::PolicySettings;
use serde::Deserialize;
use toml::{Table, Value};

use super::budget::BudgetKeys;
use super::error::ScenarioError;
use crate::text;

/// A policy of a scenario, with its name.
#[derive(Clone, Debug, Deserialize)]
pub struct ScenarioPolicy {
    /// Its name in tables and charts.
    pub name: String,
    /// Its name in the reference.
    pub published: Option<String>,
    #[serde(default, deserialize_with = "text::duration")]
    pub(super) max_jittered_delay: Option<Duration>,
    #[serde(default)]
    pub(super) budget: BudgetKeys,
    #[serde(skip)]
    pub(super) settings: PolicySettings,
}

/// The keys of a policy that are not [`PolicySettings`].
const OWN_KEYS: [&str; 4] = ["budget", "max_jittered_delay", "name", "published"];

/// Reads the policies: at least one, each with a name of its own.
pub(super) fn read(policies: Option<Value>) -> Result<Vec<ScenarioPolicy>, ScenarioError> {
    let values = match policies {
        Some(Value::Array(values)) if !values.is_empty() => values,
        _ => return Err(ScenarioError::new("a scenario needs [[policy]]")),
    };
    let mut policies: Vec<ScenarioPolicy> = Vec::new();
    for (number, value) in values.into_iter().enumerate() {
        let (key, words) = (
            format!("policy[{number}]"),
            format!("policy {}", number + 1),
        );
        let policy = read_one(value).map_err(|error| error.within(&key, &words))?;
        if policies.iter().any(|other| other.name == policy.name) {
            let message = format!("two policies have the name {:?}", policy.name);
            return Err(ScenarioError::at(format!("{key}.name"), message));
        }
        policies.push(policy);
    }
    Ok(policies)
}

fn read_one(value: Value) -> Result<ScenarioPolicy, ScenarioError> {
    let table: Table = value.try_into()?;
    let (own, settings) = table
        .into_iter()
        .partition::<Table, _>(|(key, _)| OWN_KEYS.contains(&key.as_str()));
    let mut policy: ScenarioPolicy = own.try_into()?;
    policy.settings = backoff_settings::read(Value::Table(settings)).map_err(|error| {
        let message = format!("{:?}: {error}", policy.name);
        ScenarioError::at(error.path, message)
    })?;
    Ok(policy)
}
