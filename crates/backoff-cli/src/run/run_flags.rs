//! What `backoff run` does besides the policy: flags, and the table `[run]` of a policy file.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Table;

use super::command_input::StdinMode;
use super::exit_codes::Tool;
use super::output::OutputMode;
use super::pattern::{OutputPatterns, Pattern, Rule, check_group, with_a_group};

/// What `backoff run` does besides the policy. Every field is a flag, and by the same name a key of the table `[run]`.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub(super) struct RunFlags {
    /// Exit codes to retry; all others are permanent then
    #[arg(
        long,
        value_name = "CODES",
        value_delimiter = ',',
        help_heading = "Failures"
    )]
    transient: Option<Vec<u8>>,
    /// Exit codes not to retry
    #[arg(
        long,
        value_name = "CODES",
        value_delimiter = ',',
        help_heading = "Failures"
    )]
    permanent: Option<Vec<u8>>,
    /// Retry errors of curl, git, psql, rsync or ssh
    #[arg(
        long,
        value_name = "TOOLS",
        value_delimiter = ',',
        value_enum,
        hide_possible_values = true,
        help_heading = "Failures"
    )]
    transient_errors: Option<Vec<Tool>>,
    /// Retry if the output matches, even at exit 0
    #[arg(long, value_name = "REGEX", help_heading = "Failures")]
    transient_output: Option<Vec<Pattern>>,
    /// Do not retry if the output matches
    #[arg(long, value_name = "REGEX", help_heading = "Failures")]
    permanent_output: Option<Vec<Pattern>>,
    /// Exit 0 succeeds only if the output matches
    #[arg(long, value_name = "REGEX", help_heading = "Failures")]
    until_output: Option<Pattern>,
    /// Exit 0 succeeds only if it does not match
    #[arg(long, value_name = "REGEX", help_heading = "Failures")]
    while_output: Option<Pattern>,
    /// Group 1 of a match says how long to wait
    #[arg(long, value_name = "REGEX", value_parser = with_a_group, help_heading = "Failures")]
    hint_output: Option<Pattern>,
    /// An attempt may write here how long to wait
    #[arg(long, value_name = "FILE", help_heading = "Failures")]
    pub(super) hint_file: Option<PathBuf>,
    /// From the request to stop to the kill [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Attempts")]
    #[serde(default, deserialize_with = "duration_of_a_file")]
    kill_after: Option<Duration>,
    /// Share the terminal; children are not stopped
    #[arg(long, help_heading = "Attempts")]
    #[serde(default)]
    pub(super) foreground: bool,
    /// once, replay or null [default: once, or shared]
    #[arg(
        long,
        value_name = "MODE",
        value_enum,
        hide_possible_values = true,
        help_heading = "Attempts"
    )]
    pub(super) stdin: Option<StdinMode>,
    /// Run a line of shell before each retry
    #[arg(long, value_name = "LINE", help_heading = "Attempts")]
    pub(super) on_retry: Option<String>,
    /// Print all, last, or only on-failure [default: all]
    #[arg(
        long,
        value_name = "MODE",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    output: Option<OutputMode>,
    /// text or json, on standard error [default: text]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    log: Option<LogFormat>,
    /// Print nothing about retries
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    #[serde(default)]
    pub(super) quiet: bool,
    /// Tell of every attempt, with the time
    #[arg(long, short, help_heading = "Output")]
    #[serde(default)]
    pub(super) verbose: bool,
}

/// How retries are told.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogFormat {
    /// A JSON object in every line
    Json,
    /// Sentences
    #[default]
    Text,
}

/// As in `TimeoutStopSec=` of systemd, but shorter: a person may wait for it.
const DEFAULT_KILL_AFTER: Duration = Duration::from_secs(5);

/// Ten years. No clock can add much more to a time.
const MAX_KILL_AFTER: Duration = Duration::from_secs(10 * 365 * 86_400);

impl RunFlags {
    /// Reads the table of a policy file.
    pub(super) fn of_file(table: Table) -> Result<Self, String> {
        let parsed = table.try_into::<Self>();
        let flags = parsed.map_err(|error| format!("[run]: {}", error.message()))?;
        let has_group = flags.hint_output.as_ref().map_or(Ok(()), check_group);
        has_group.map_err(|error| format!("[run]: hint_output: {error}"))?;
        Ok(flags)
    }

    /// Returns these flags, and those of the file where one is missing.
    pub(super) fn or(self, file: Self) -> Self {
        Self {
            transient: self.transient.or(file.transient),
            permanent: self.permanent.or(file.permanent),
            transient_errors: self.transient_errors.or(file.transient_errors),
            transient_output: self.transient_output.or(file.transient_output),
            permanent_output: self.permanent_output.or(file.permanent_output),
            until_output: self.until_output.or(file.until_output),
            while_output: self.while_output.or(file.while_output),
            hint_output: self.hint_output.or(file.hint_output),
            hint_file: self.hint_file.or(file.hint_file),
            kill_after: self.kill_after.or(file.kill_after),
            foreground: self.foreground || file.foreground,
            stdin: self.stdin.or(file.stdin),
            on_retry: self.on_retry.or(file.on_retry),
            output: self.output.or(file.output),
            log: self.log.or(file.log),
            quiet: self.quiet || file.quiet && !self.verbose,
            verbose: self.verbose || file.verbose && !self.quiet,
        }
    }

    pub(super) fn kill_after(&self) -> Duration {
        self.kill_after
            .unwrap_or(DEFAULT_KILL_AFTER)
            .min(MAX_KILL_AFTER)
    }

    pub(super) fn output(&self) -> OutputMode {
        self.output.unwrap_or_default()
    }

    pub(super) fn log(&self) -> LogFormat {
        self.log.unwrap_or_default()
    }

    /// Returns the exit codes that are transient failures; `None` if no flag lists any.
    pub(super) fn transient(&self) -> Option<Vec<u8>> {
        let tools = self.transient_errors.iter().flatten();
        let codes = tools.flat_map(|tool| tool.transient());
        let listed = self.transient.iter().flatten();
        let is_listed = self.transient.is_some() || self.transient_errors.is_some();
        is_listed.then(|| listed.chain(codes).copied().collect())
    }

    /// Returns the exit codes that are permanent failures.
    pub(super) fn permanent(&self) -> &[u8] {
        self.permanent.as_deref().unwrap_or_default()
    }

    /// Returns whether an exit with 0 is a success only if the output matches.
    pub(super) fn polls_until(&self) -> bool {
        self.until_output.is_some()
    }

    /// Compiles all patterns for the output.
    pub(super) fn patterns(&self) -> Result<OutputPatterns, String> {
        let lists = [
            (Rule::Hint, self.hint_output.as_slice()),
            (
                Rule::Permanent,
                self.permanent_output.as_deref().unwrap_or_default(),
            ),
            (
                Rule::Transient,
                self.transient_output.as_deref().unwrap_or_default(),
            ),
            (Rule::Until, self.until_output.as_slice()),
            (Rule::While, self.while_output.as_slice()),
        ];
        let patterns = lists
            .iter()
            .flat_map(|(rule, list)| list.iter().map(|it| (*rule, it)));
        OutputPatterns::new(&patterns.collect::<Vec<_>>())
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| error.to_string())
}

fn duration_of_a_file<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(from)?;
    duration(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_file_has_every_flag_and_mistakes_in_it_are_named() {
        let all = "
            transient = [75]\npermanent = [2]\ntransient_errors = ['curl']\ntransient_output = ['a']
            permanent_output = ['b']\nuntil_output = 'c'\nwhile_output = 'd'\nhint_output = '(e)'\nhint_file = 'f'
            kill_after = '1s'\nforeground = true\nstdin = 'null'\non_retry = 'true'\noutput = 'on-failure'\nlog = 'json'
            quiet = false\nverbose = true";
        let flags = RunFlags::of_file(all.parse().expect("a table")).expect("flags");
        assert_eq!(flags.transient().expect("codes").len(), 15);
        assert_eq!(flags.kill_after(), Duration::from_secs(1));
        let cases = [
            ("transients = [1]", "unknown field `transients`"),
            (
                "transient = [256]",
                "invalid value: integer `256`, expected u8",
            ),
            ("transient_errors = ['wget']", "unknown variant `wget`"),
            ("transient_output = ['(']", "unclosed group"),
            ("hint_output = 'x'", "no group"),
            ("kill_after = '5'", "time unit needed"),
        ];
        for (text, message) in cases {
            let error = RunFlags::of_file(text.parse().expect(text)).expect_err(text);
            assert!(
                error.contains(message) && error.starts_with("[run]: "),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn flags_override_the_file() {
        let flags = |text: &str| RunFlags::of_file(text.parse().expect(text)).expect(text);
        let both =
            flags("transient = [1]\nquiet = true").or(flags("transient = [2]\nverbose = true"));
        assert_eq!(both.transient(), Some(vec![1]));
        assert!(both.quiet && !both.verbose);
    }
}
