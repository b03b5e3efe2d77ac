//! How this program retries, from a file and the environment.

use std::fs;
use std::path::Path;

use backoff_settings::{HttpSettings, PolicySettings, read};
use serde::Deserialize;

/// The file `fetch.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) retry: PolicySettings,
    #[serde(default)]
    pub(crate) http: HttpSettings,
}

/// The variables that override `[retry]` begin with this and `_`.
const PREFIX: &str = "FETCH_RETRY";

impl Settings {
    /// Reads a file, and the environment over it. An error names the file, the path of the key, and the line.
    pub(crate) fn load(file: &Path) -> Result<Self, String> {
        let named = |error: &dyn std::error::Error| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| named(&error))?;
        let settings = Self::parse(&text).map_err(|error| named(&*error))?;
        let retry = settings.retry.with_environment(PREFIX);
        Ok(Self {
            retry: retry.map_err(|error| error.to_string())?,
            ..settings
        })
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(read(toml::Deserializer::parse(text)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_example_is_read() {
        let settings = Settings::parse(include_str!("fetch.toml")).expect("settings");
        assert_eq!(
            settings.retry.policy().to_string(),
            "exponential from 200 ms to 1 s, full jitter, 8 attempts, 2 s per attempt, 30 s"
        );
    }

    #[test]
    fn a_wrong_key_is_told_with_its_path_and_line() {
        let cases = [
            (
                "[retry]\nmax_atempts = 4",
                "retry.max_atempts: ",
                "line 2, column 1",
            ),
            (
                "[retry]\n\nbase = '1 parsec'",
                "retry.base: ",
                "line 3, column 8",
            ),
            ("[http]\n[retry]\n[retri]", "retri: ", "line 3, column 2"),
        ];
        for (text, path, line) in cases {
            let error = Settings::parse(text).expect_err(text).to_string();
            assert!(error.starts_with(path) && error.contains(line), "{error}");
        }
    }
}
