//! The policy, from flags and a file.

use std::env;
use std::path::{Path, PathBuf};

use backoff_sim::Settings;
use serde::Serialize;
use toml::{Table, Value};

use crate::environment;
use crate::file;

/// The policy, by the names of the Rust API. Flags override the file.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFlags {
    /// A TOML file: base = "200ms", ..; [run] for flags
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
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
    /// The first window after a hint [default: the base]
    #[arg(long, value_name = "TIME")]
    throttled_base: Option<String>,
    /// full, equal, decorrelated, none, additive=50ms or proportional=20% [default: full]
    #[arg(long, value_name = "KIND")]
    jitter: Option<String>,
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

/// The table of a policy file that `backoff run` reads, and that is no part of the policy.
const RUN_TABLE: &str = "run";

impl PolicyFlags {
    /// Returns the settings of the file, overridden by those of the flags.
    pub(crate) fn settings(&self) -> Result<Settings, String> {
        self.settings_and_run_table().map(|(settings, _)| settings)
    }

    /// Returns the settings, and the table `[run]` of the file.
    pub(crate) fn settings_and_run_table(&self) -> Result<(Settings, Table), String> {
        let mut table = match &self.policy {
            None => Table::new(),
            Some(file) => parsed(file)?,
        };
        let run_table = self.run_table(&mut table)?;
        let flags = self.given();
        table.extend(flags.clone());
        let settings = Settings::from_table(&table).map_err(|error| match &self.policy {
            Some(file) if !flags.contains_key(&error.key) => format!("{}: {error}", file.display()),
            _ => format!("{}: {}", flag(&error.key, &flags), error.message),
        })?;
        Ok((settings, run_table))
    }

    fn run_table(&self, table: &mut Table) -> Result<Table, String> {
        match table.remove(RUN_TABLE) {
            None => Ok(Table::new()),
            Some(Value::Table(run_table)) => Ok(run_table),
            Some(_) => {
                let file = self.policy.as_deref().unwrap_or(Path::new(""));
                Err(format!("{}: {RUN_TABLE}: not a table", file.display()))
            }
        }
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

/// Returns the name of the flag for a key, or that of the variable that it was taken from.
fn flag(key: &str, flags: &Table) -> String {
    let variable = environment::variable(key);
    let value = env::var(&variable).unwrap_or_default();
    let is_same = |flag: &Value| match flag {
        Value::Array(texts) => value.split(',').eq(texts.iter().filter_map(Value::as_str)),
        Value::Integer(number) => value == number.to_string(),
        flag => flag.as_str() == Some(&value),
    };
    if !value.is_empty() && flags.get(key).is_some_and(is_same) {
        return variable;
    }
    format!("--{}", key.replace('_', "-"))
}

fn parsed(file: &Path) -> Result<Table, String> {
    let table = file::read(file)?.parse::<Table>();
    table.map_err(|error| format!("{}: {}", file.display(), error.to_string().trim_end()))
}
