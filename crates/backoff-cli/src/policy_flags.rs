//! The policy, from flags and a file.

use std::path::{Path, PathBuf};

use backoff_settings::PolicySettings;

use crate::file;

/// The policy, by the names of the Rust API. Flags override the file.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFlags {
    /// Read the policy from a TOML file with these keys: base = "200ms", `max_attempts` = 5, ..
    #[arg(long, value_name = "FILE")]
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
    /// The longest random wait before the first attempt [default: 0s]
    #[arg(long, value_name = "DURATION")]
    first_delay: Option<String>,
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
    pub(crate) fn settings(&self) -> Result<PolicySettings, String> {
        let settings = match &self.policy {
            None => PolicySettings::default(),
            Some(file) => parsed(file)?,
        };
        let flags = self.given();
        settings.with_overrides(flags.clone()).map_err(|error| {
            match &self.policy {
                // The flags fit each other, and the file, but not together.
                Some(file) if flags.iter().all(|(key, _)| *key != error.path) => {
                    format!("{}: {error}", file.display())
                }
                _ => format!("--{}: {}", error.path.replace('_', "-"), error.message),
            }
        })
    }

    /// Returns the flags that are given, by their keys.
    fn given(&self) -> Vec<(&'static str, String)> {
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

fn parsed(file: &Path) -> Result<PolicySettings, String> {
    let text = file::read(file)?;
    let settings = toml::Deserializer::parse(&text)
        .map_err(|error| error.to_string().trim_end().to_owned())
        .and_then(|toml| backoff_settings::read(toml).map_err(|error| error.to_string()));
    settings.map_err(|error| format!("{}: {error}", file.display()))
}
