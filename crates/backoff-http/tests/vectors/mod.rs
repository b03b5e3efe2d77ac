//! Finds and reads the collections of cases beside the repository, if there are any.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod delay;

use serde_json::Value;
use std::path::Path;

/// Returns the cases of one file. If the file is missing, it prints a line that says so, and returns `None`.
pub(crate) fn cases(file: &str) -> Option<Vec<Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/vectors").join(file))
        .find(|path| path.is_file());
    let Some(path) = path else {
        say(&format!(
            "skipped: no shared/vectors/{file} beside the repository"
        ));
        return None;
    };
    let text = std::fs::read_to_string(path).expect("a readable file");
    let document: Value = serde_json::from_str(&text).expect("a JSON document");
    document["cases"].as_array().cloned()
}

/// Prints what a test skips or does not fail for.
#[expect(
    clippy::print_stdout,
    reason = "a test that skips something should say so"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Returns a text of a case, or an empty one if the case does not have it.
pub(crate) fn word<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().unwrap_or_default()
}

/// Returns the headers of a case, with a line for each of several values. `fill_in` replaces placeholders.
pub(crate) fn headers(case: &Value, fill_in: fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let Some(headers) = case["headers"].as_object() else {
        return Vec::new();
    };
    let lines = headers.iter().flat_map(|(name, value)| {
        let values = value
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![value.clone()]);
        values.into_iter().map(move |value| (name.clone(), value))
    });
    lines
        .map(|(name, value)| {
            let text = value.as_str().unwrap_or_default();
            (name, fill_in(text).unwrap_or_else(|| text.to_owned()))
        })
        .collect()
}
