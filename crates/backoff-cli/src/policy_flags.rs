//! The policy, from flags and a file.

use std::path::{Path, PathBuf};

use backoff_sim::Settings;
use serde::Serialize;
use toml::{Table, Value};

use crate::file;

/// The policy, by the names of the Rust API. Flags override the file.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFlags {
    /// Read the policy from a TOML file with these keys: base = "200ms", `max_attempts` = 5, ..
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    policy: Option<PathBuf>,
    /// constant, exponential, fibonacci, linear or steps [default: exponential]
    #[arg(long)]
    schedule: Option<String>,
    /// The first window [default: 100ms]
    #[arg(long, value_name = "DURATION")]
    base: Option<String>,
    /// The growth of a linear schedule per retry [default: the base]
    #[arg(long, value_name = "DURATION")]
    step: Option<String>,
    /// The windows of a steps schedule, separated by commas
    #[arg(long, value_name = "DURATIONS", value_delimiter = ',')]
    table: Option<Vec<String>>,
    /// The factor of an exponential schedule [default: 2]
    #[arg(long, value_name = "N/M")]
    ratio: Option<String>,
    /// The longest delay [default: 20s]
    #[arg(long, value_name = "DURATION")]
    max_delay: Option<String>,
    /// The first window after a failure that asks for fewer calls [default: the base]
    #[arg(long, value_name = "DURATION")]
    throttled_base: Option<String>,
    /// full, equal, decorrelated, none, additive=50ms or proportional=20% [default: full]
    #[arg(long)]
    jitter: Option<String>,
    /// The maximum number of attempts, including the first; or forever [default: 5]
    #[arg(long, value_name = "N")]
    max_attempts: Option<String>,
    /// The time for all attempts and delays together; or none [default: 60s, which interrupts no attempt]
    #[arg(long, value_name = "DURATION")]
    deadline: Option<String>,
    /// give-up, or clamp-to-remaining for one last attempt at the deadline [default: give-up]
    #[arg(long, value_name = "RULE")]
    deadline_rule: Option<String>,
    /// The time for one attempt; or none [default: until a deadline that is given]
    #[arg(long, value_name = "DURATION")]
    attempt_timeout: Option<String>,
    /// The maximum number of retries of doubtful failures, which may be permanent [default: 2]
    #[arg(long, value_name = "N")]
    doubtful_limit: Option<String>,
    /// The longest hint that is obeyed [default: 120s]
    #[arg(long, value_name = "DURATION")]
    max_hint: Option<String>,
    /// What a longer hint leads to: give-up, clamp or ignore [default: give-up]
    #[arg(long, value_name = "RULE")]
    hint_rule: Option<String>,
}

impl PolicyFlags {
    /// Returns the settings of the file, overridden by those of the flags.
    pub(crate) fn settings(&self) -> Result<Settings, String> {
        let mut table = match &self.policy {
            None => Table::new(),
            Some(file) => parsed(file)?,
        };
        let flags = self.given();
        table.extend(flags.clone());
        Settings::from_table(&table).map_err(|error| match &self.policy {
            Some(file) if !flags.contains_key(&error.key) => format!("{}: {error}", file.display()),
            _ => format!("--{}: {}", error.key.replace('_', "-"), error.message),
        })
    }

    /// Returns the flags that are given, by their keys.
    fn given(&self) -> Table {
        let mut given = Table::try_from(self).unwrap_or_default();
        for (_, value) in &mut given {
            if let Some(number) = value.as_str().and_then(|text| text.parse().ok()) {
                *value = Value::Integer(number);
            }
        }
        given
    }
}

fn parsed(file: &Path) -> Result<Table, String> {
    let table = file::read(file)?.parse::<Table>();
    table.map_err(|error| format!("{}: {}", file.display(), error.to_string().trim_end()))
}
