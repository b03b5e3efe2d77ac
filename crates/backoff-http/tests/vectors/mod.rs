//! Finds and reads the collections of cases that lie beside the repository, where there are any.

#![allow(dead_code, reason = "each test uses a part of it")]

use serde_json::Value;
use std::path::Path;

/// The cases of one file, or `None`, with a line that says so, where the file is not to be had.
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

/// Tells what a test does not fail for.
#[expect(
    clippy::print_stdout,
    reason = "a test that skips something should say so"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A text of a case, empty if there is none.
pub(crate) fn word<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().unwrap_or_default()
}

/// The headers of a case, those with several values in several lines, after a look at each value.
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
