//! Changes to a scenario, such as `fleet.clients=1000`.

use toml::{Table, Value};

use super::error::ScenarioError;

/// Sets the value at a path such as `fleet.clients`.
pub(super) fn set(table: &mut Table, path: &str, value: Value) -> Result<(), ScenarioError> {
    let Some((head, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return Ok(());
    };
    let inner = table
        .entry(head)
        .or_insert_with(|| Value::Table(Table::new()));
    match inner {
        Value::Table(inner) => set(inner, rest, value),
        _ => Err(ScenarioError::new(format!("{head} has no keys"))),
    }
}

/// Applies a change that is written as `KEY=VALUE`.
pub(super) fn apply(table: &mut Table, change: &str) -> Result<(), ScenarioError> {
    let Some((path, value)) = change.split_once('=') else {
        return Err(ScenarioError::new(format!("{change:?} is not KEY=VALUE")));
    };
    set(table, path, value_of(value))
}

/// Reads a value as TOML, or else as plain text.
pub(super) fn value_of(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>();
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}
