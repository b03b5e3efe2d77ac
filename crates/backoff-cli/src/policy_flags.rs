//! The policy, from flags and a file.

use std::env;
use std::path::PathBuf;

use backoff_settings::{PolicySettings, SettingsError};
use toml::Table;

use crate::environment;
use crate::policy_file::PolicyFile;

/// The key of a flag, and its value.
type Flag = (&'static str, String);

/// The policy, by the names of the Rust API. Flags override the file.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFlags {
    /// A TOML file with keys such as base = "200ms"
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// constant, exponential, fibonacci, linear or steps
    #[arg(long, value_name = "KIND")]
    schedule: Option<String>,
    /// The first window [default: 100ms]
    #[arg(long, value_name = "TIME")]
    base: Option<String>,
    /// The growth of a linear schedule [default: base]
    #[arg(long, value_name = "TIME")]
    step: Option<String>,
    /// The windows of a steps schedule: 1s,5s,1m
    #[arg(long, value_name = "TIMES", value_delimiter = ',')]
    table: Option<Vec<String>>,
    /// The factor of an exponential one [default: 2]
    #[arg(long, value_name = "N/M")]
    ratio: Option<String>,
    /// The longest delay [default: 20s]
    #[arg(long, value_name = "TIME")]
    max_delay: Option<String>,
    /// The first window if throttled [default: base]
    #[arg(long, value_name = "TIME")]
    throttled_base: Option<String>,
    /// full, equal, decorrelated, none, additive=50ms or proportional=20% [default: full]
    #[arg(long, value_name = "KIND")]
    jitter: Option<String>,
    /// The longest random wait before the first attempt
    #[arg(long, value_name = "TIME")]
    first_delay: Option<String>,
    /// Including the first; or forever [default: 5]
    #[arg(long, value_name = "N")]
    max_attempts: Option<String>,
    /// For all attempts and delays; or none [default: 60s, which interrupts no attempt]
    #[arg(long, value_name = "TIME")]
    deadline: Option<String>,
    /// give-up, or clamp-to-remaining for a last attempt
    #[arg(long, value_name = "RULE")]
    deadline_rule: Option<String>,
    /// For one attempt; or none [default: none]
    #[arg(long, value_name = "TIME")]
    attempt_timeout: Option<String>,
    /// Retries of doubtful failures [default: 2]
    #[arg(long, value_name = "N")]
    doubtful_limit: Option<String>,
    /// The longest hint that is obeyed [default: 120s]
    #[arg(long, value_name = "TIME")]
    max_hint: Option<String>,
    /// Above it: give-up, clamp, ignore [default: give-up]
    #[arg(long, value_name = "RULE")]
    hint_rule: Option<String>,
}

impl PolicyFlags {
    /// Returns the settings of the file, overridden by those of the flags.
    pub(crate) fn settings(&self) -> Result<PolicySettings, String> {
        self.settings_and_run_table().map(|(settings, _)| settings)
    }

    /// Returns the settings, and the table `[run]` of the file.
    pub(crate) fn settings_and_run_table(&self) -> Result<(PolicySettings, Table), String> {
        let file = match &self.policy {
            None => PolicyFile::default(),
            Some(file) => PolicyFile::open(file)?,
        };
        let flags = self.given();
        let both = file.policy.with_overrides(flags.clone());
        let settings = both
            .and_then(|both| both.settings())
            .map_err(|error| self.message(&flags, &file, &error))?;
        Ok((settings, file.run))
    }

    /// Says where the mistake is: in a flag, in a variable, or in a line of the file.
    fn message(&self, flags: &[Flag], contents: &PolicyFile, error: &SettingsError) -> String {
        if let Some((key, value)) = flags.iter().find(|(key, _)| *key == error.path) {
            return format!("{}: {}", flag(key, value), error.message);
        }
        let line = contents.line_of(&error.path);
        let line = line.map_or(String::new(), |line| format!(" (line {line})"));
        match &self.policy {
            Some(file) => format!("{}: {error}{line}", file.display()),
            None => error.to_string(),
        }
    }

    /// Returns the flags that are given, by their keys.
    fn given(&self) -> Vec<Flag> {
        let table = self.table.as_ref().map(|windows| windows.join(","));
        let flags = [
            ("schedule", &self.schedule),
            ("base", &self.base),
            ("step", &self.step),
            ("table", &table),
            ("ratio", &self.ratio),
            ("max_delay", &self.max_delay),
            ("throttled_base", &self.throttled_base),
            ("jitter", &self.jitter),
            ("first_delay", &self.first_delay),
            ("max_attempts", &self.max_attempts),
            ("deadline", &self.deadline),
            ("deadline_rule", &self.deadline_rule),
            ("attempt_timeout", &self.attempt_timeout),
            ("doubtful_limit", &self.doubtful_limit),
            ("max_hint", &self.max_hint),
            ("hint_rule", &self.hint_rule),
        ];
        let given = |(key, value): (_, &Option<String>)| Some((key, value.clone()?));
        flags.into_iter().filter_map(given).collect()
    }
}

/// Returns the name of the flag for a key, or that of the variable that its value was taken from.
fn flag(key: &str, value: &str) -> String {
    let variable = environment::variable(key);
    if env::var(&variable).is_ok_and(|default| default == value) {
        return variable;
    }
    format!("--{}", key.replace('_', "-"))
}
