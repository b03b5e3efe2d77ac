//! Finds and reads the collections of cases that lie beside the repository, where there are any.

use serde_json::Value;
use std::path::Path;

/// The cases of one file, or `None`, with a line that says so, where the file is not to be had.
#[expect(clippy::print_stdout, reason = "a test that is skipped should say so")]
pub(crate) fn cases(file: &str) -> Option<Vec<Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/vectors").join(file))
        .find(|path| path.is_file());
    let Some(path) = path else {
        println!("skipped: no shared/vectors/{file} beside the repository");
        return None;
    };
    let text = std::fs::read_to_string(path).expect("a readable file");
    let document: Value = serde_json::from_str(&text).expect("a JSON document");
    document["cases"].as_array().cloned()
}
