//! The policy, from flags and files.

use std::fs;
use std::path::{Path, PathBuf};

use backoff_sim::Settings;
use toml::{Table, Value};

/// The policy, by the names of the Rust API. Flags override the file.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct Flags {
    /// Take the policy from a TOML file with these keys: base = "200ms", `max_attempts` = 5, ..
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// constant, exponential, fibonacci, linear or steps [default: exponential]
    #[arg(long)]
    schedule: Option<String>,
    /// The first window [default: 100ms]
    #[arg(long, value_name = "DURATION")]
    base: Option<String>,
    /// What a linear schedule adds with each retry [default: the base]
    #[arg(long, value_name = "DURATION")]
    step: Option<String>,
    /// The windows of a steps schedule, separated by commas
    #[arg(long, value_name = "DURATIONS", value_delimiter = ',')]
    table: Option<Vec<String>>,
    /// The factor of an exponential schedule [default: 2]
    #[arg(long, value_name = "N/M")]
    ratio: Option<String>,
    /// No delay is longer [default: 20s]
    #[arg(long, value_name = "DURATION")]
    max_delay: Option<String>,
    /// The first window after a failure that asks for fewer calls [default: the base]
    #[arg(long, value_name = "DURATION")]
    throttled_base: Option<String>,
    /// full, equal, decorrelated, none, additive=50ms or proportional=20% [default: full]
    #[arg(long)]
    jitter: Option<String>,
    /// Attempts at most, the first included; or forever [default: 5]
    #[arg(long, value_name = "N")]
    max_attempts: Option<String>,
    /// How long it may all take; or none [default: 60s]
    #[arg(long, value_name = "DURATION")]
    deadline: Option<String>,
    /// give-up, or clamp-to-remaining for one last attempt at the deadline [default: give-up]
    #[arg(long, value_name = "RULE")]
    deadline_rule: Option<String>,
    /// How long one attempt may take [default: until the deadline]
    #[arg(long, value_name = "DURATION")]
    attempt_timeout: Option<String>,
    /// Retries of failures that may well be permanent [default: 2]
    #[arg(long, value_name = "N")]
    doubtful_limit: Option<String>,
    /// The longest wait that a server may ask for [default: 120s]
    #[arg(long, value_name = "DURATION")]
    max_hint: Option<String>,
    /// What becomes of a longer one: give-up, clamp or ignore [default: give-up]
    #[arg(long, value_name = "RULE")]
    hint_rule: Option<String>,
}

impl Flags {
    /// The settings of the file, with those of the flags put over them.
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

    /// The flags that are given, by their keys.
    fn given(&self) -> Table {
        let flags = self.flags().into_iter();
        let mut given: Table = flags
            .filter_map(|(key, flag)| {
                let text = flag.as_ref()?;
                let number = text.parse().map(Value::Integer);
                Some((
                    key.to_owned(),
                    number.unwrap_or_else(|_| Value::from(text.as_str())),
                ))
            })
            .collect();
        if let Some(steps) = &self.table {
            given.insert("table".to_owned(), Value::from(steps.clone()));
        }
        given
    }

    fn flags(&self) -> [(&'static str, &Option<String>); 14] {
        [
            ("schedule", &self.schedule),
            ("base", &self.base),
            ("step", &self.step),
            ("ratio", &self.ratio),
            ("max_delay", &self.max_delay),
            ("throttled_base", &self.throttled_base),
            ("jitter", &self.jitter),
            ("max_attempts", &self.max_attempts),
            ("deadline", &self.deadline),
            ("deadline_rule", &self.deadline_rule),
            ("attempt_timeout", &self.attempt_timeout),
            ("doubtful_limit", &self.doubtful_limit),
            ("max_hint", &self.max_hint),
            ("hint_rule", &self.hint_rule),
        ]
    }
}

fn parsed(file: &Path) -> Result<Table, String> {
    let table = read(file)?.parse::<Table>();
    table.map_err(|error| format!("{}: {}", file.display(), error.to_string().trim_end()))
}

/// The text of a file.
pub(crate) fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}
