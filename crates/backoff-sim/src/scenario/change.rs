//! Changes to a scenario, such as `fleet.clients=1000`.

use toml::{Table, Value};

use super::error::ScenarioError;

/// The most keys of a path. The longest path of a scenario has three, such as `fleet.spike.rate`.
const MAX_KEYS: usize = 8;

/// Sets the value at a path such as `fleet.clients`.
pub(super) fn set(mut table: &mut Table, path: &str, value: Value) -> Result<(), ScenarioError> {
    let count = path.split('.').count();
    if count > MAX_KEYS {
        return Err(ScenarioError::new(format!(
            "a path of {count} keys is too long: {MAX_KEYS} is the maximum"
        )));
    }
    let (parents, key) = path.rsplit_once('.').unwrap_or(("", path));
    for parent in parents.split('.').filter(|_| !parents.is_empty()) {
        let inner = table
            .entry(parent)
            .or_insert_with(|| Value::Table(Table::new()));
        match inner {
            Value::Table(inner) => table = inner,
            _ => return Err(ScenarioError::new(format!("{parent} has no keys"))),
        }
    }
    table.insert(key.to_owned(), value);
    Ok(())
}

/// Applies a change that is written as `KEY=VALUE`.
pub(super) fn apply(table: &mut Table, change: &str) -> Result<(), ScenarioError> {
    let Some((path, value)) = change.split_once('=') else {
        return Err(ScenarioError::new(format!("{change:?} is not KEY=VALUE")));
    };
    set(table, path, value_of(value))
}

/// Returns whether a change sets the key at a path, or a table around it, or a key within it.
pub(super) fn sets(change: &str, path: &str) -> bool {
    let (changed, _) = change.split_once('=').unwrap_or((change, ""));
    let leads_to = |outer: &str, inner: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    leads_to(changed, path) || leads_to(path, changed)
}

/// Reads a value as TOML, or else as plain text.
pub(super) fn value_of(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>();
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}
