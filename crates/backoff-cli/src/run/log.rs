//! What is told about attempts, on standard error.

use std::time::{Duration, SystemTime};

use backoff_tokio::{DelayOrigin, Event, GiveUp};
use serde::Serialize;

use super::attempt::Outcome;
use super::command_end::CommandEnd;
use super::run_flags::{LogFormat, RunFlags};
use crate::text;

/// How much is told, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    format: LogFormat,
    is_quiet: bool,
    is_verbose: bool,
}

/// What happened.
#[derive(Debug, Default, Serialize)]
pub(super) struct Record {
    event: &'static str,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    /// That of this process, if it ended now.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    message: String,
    #[serde(skip)]
    level: Level,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Level {
    /// Told even if quiet.
    Error,
    #[default]
    Normal,
    Verbose,
}

impl Log {
    pub(super) fn new(flags: &RunFlags) -> Self {
        Self {
            format: flags.log(),
            is_quiet: flags.quiet,
            is_verbose: flags.verbose,
        }
    }

    /// Writes a record as a line, or `None` if it is not to be told.
    pub(super) fn line(self, record: &Record) -> Option<String> {
        let is_told = match record.level {
            Level::Error => true,
            Level::Normal => !self.is_quiet,
            Level::Verbose => self.is_verbose,
        };
        is_told.then(|| self.format(record, SystemTime::now()))
    }

    fn format(self, record: &Record, now: SystemTime) -> String {
        let time = humantime::format_rfc3339_millis(now);
        match self.format {
            LogFormat::Json => {
                let timed = Timed {
                    time: time.to_string(),
                    record,
                };
                serde_json::to_string(&timed).unwrap_or_default()
            }
            LogFormat::Text => {
                let message = text::one_line(&record.message);
                if self.is_verbose {
                    format!("backoff: {time} {message}")
                } else {
                    format!("backoff: {message}")
                }
            }
        }
    }
}

#[derive(Serialize)]
struct Timed<'r> {
    time: String,
    #[serde(flatten)]
    record: &'r Record,
}

impl Record {
    pub(super) const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the delay before the next attempt in milliseconds.
    pub(super) fn delay_ms(&self) -> u64 {
        self.delay_ms.unwrap_or_default()
    }

    pub(super) fn begins(attempt: u32) -> Self {
        Self {
            event: "attempt",
            attempt,
            message: format!("attempt {attempt} begins"),
            level: Level::Verbose,
            ..Self::default()
        }
    }

    /// Tells of a success. That of the first attempt is no news.
    pub(super) fn succeeded(attempt: u32, elapsed: Duration) -> Self {
        Self {
            event: "succeeded",
            attempt,
            elapsed_ms: Some(millis(elapsed)),
            exit_code: Some(0),
            message: format!(
                "succeeded at attempt {attempt} after {}",
                text::duration(elapsed)
            ),
            level: if attempt > 1 {
                Level::Normal
            } else {
                Level::Verbose
            },
            ..Self::default()
        }
    }

    pub(super) fn interrupted(attempt: u32, code: u8) -> Self {
        Self {
            event: "interrupted",
            attempt,
            exit_code: Some(code),
            message: format!("attempt {attempt} was interrupted by a signal; giving up"),
            level: Level::Verbose,
            ..Self::default()
        }
    }

    pub(super) fn hook_failed(retry: &Self, end: &CommandEnd) -> Self {
        Self {
            event: "on-retry-failed",
            attempt: retry.attempt,
            message: format!("the command of --on-retry {end}; retrying all the same"),
            ..Self::default()
        }
    }

    pub(super) fn output_failed(attempt: u32, error: &std::io::Error) -> Self {
        Self {
            event: "output-failed",
            attempt,
            exit_code: Some(1),
            message: format!("the output of attempt {attempt} cannot be written ({error})"),
            level: Level::Error,
            ..Self::default()
        }
    }

    /// Tells what was decided after a failure.
    pub(super) fn of(event: &Event<'_, Outcome>) -> Option<Self> {
        match event {
            Event::Retrying {
                attempt,
                elapsed,
                delay,
                origin,
                outcome,
                ..
            } => Some(Self::retrying(*attempt, *elapsed, *delay, *origin, outcome)),
            Event::GaveUp {
                attempt,
                elapsed,
                reason,
                outcome,
                ..
            } => Some(Self::gave_up(*attempt, *elapsed, *reason, &outcome.end)),
            _ => None,
        }
    }

    fn retrying(
        attempt: u32,
        elapsed: Duration,
        delay: Duration,
        origin: DelayOrigin,
        outcome: &Outcome,
    ) -> Self {
        let end = &outcome.end;
        let record = Self {
            attempt,
            elapsed_ms: Some(millis(elapsed)),
            exit_code: Some(end.code()),
            ..Self::default()
        };
        if outcome.took_input {
            return Self {
                event: "gave-up",
                message: format!(
                    "attempt {attempt} {end}; not retried, because it has read from standard input: use --stdin replay \
                     to give each attempt the whole input, or --stdin null"
                ),
                level: Level::Error,
                ..record
            };
        }
        let asked = match origin {
            DelayOrigin::Hint => ", as asked",
            DelayOrigin::ClampedHint => ", less than asked",
            _ => "",
        };
        let (after, delay_text) = (text::duration(elapsed), text::duration(delay));
        Self {
            event: "retrying",
            delay_ms: Some(millis(delay)),
            message: format!(
                "attempt {attempt} {end} after {after}; retrying in {delay_text}{asked}"
            ),
            ..record
        }
    }

    fn gave_up(attempt: u32, elapsed: Duration, reason: GiveUp, end: &CommandEnd) -> Self {
        let flag = match reason {
            GiveUp::Deadline => " (--deadline)",
            GiveUp::Attempts => " (--max-attempts)",
            _ => "",
        };
        let is_ours = matches!(
            end,
            CommandEnd::InputFailed(_) | CommandEnd::NotStarted(_) | CommandEnd::OutputFailed(_)
        );
        Self {
            event: "gave-up",
            attempt,
            elapsed_ms: Some(millis(elapsed)),
            exit_code: Some(end.code()),
            message: format!(
                "attempt {attempt} {end} after {}; giving up: {reason}{flag}",
                text::duration(elapsed)
            ),
            level: if is_ours { Level::Error } else { Level::Normal },
            ..Self::default()
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
