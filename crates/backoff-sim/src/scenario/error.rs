//! What is wrong with a scenario.

use std::fmt;

/// Says what is wrong with a scenario, in one line: the key, and the line of the file if the key is there.
#[derive(Debug)]
pub struct ScenarioError {
    /// The path of the key, such as `fleet.clients` or `policy[0].base`; empty if no key is wrong.
    path: String,
    message: String,
    line: Option<usize>,
}

impl ScenarioError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::at("", message)
    }

    /// Names a key. The message names it too.
    pub(super) fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            line: None,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn with_line(self, line: Option<usize>) -> Self {
        Self { line, ..self }
    }

    /// Says that another key is the cause.
    pub(super) fn moved_to(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    /// Puts a key before the path, and words before the message.
    pub(super) fn within(self, key: &str, words: &str) -> Self {
        let path = match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{key}.{path}"),
        };
        Self::at(path, format!("{words}: {}", self.message))
    }
}

impl From<toml::de::Error> for ScenarioError {
    fn from(error: toml::de::Error) -> Self {
        // The path is on a line of its own, and an empty line follows.
        let text = error.to_string();
        let (message, path) = text.trim_end().split_once("\nin `").unwrap_or((&text, ""));
        match path.strip_suffix('`') {
            Some(path) => Self::at(path, format!("{message}, in `{path}`")),
            None => Self::new(text.trim_end()),
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScenarioError {}
