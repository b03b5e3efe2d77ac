//! One attempt at a command.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use backoff_core::Failure;
use backoff_http::{HttpDate, RetryAfter};
use rustix::process::Signal;
use tokio::process::{Child, Command};
use tokio::time;

use crate::group::{Group, Signals, Told};
use crate::output::Output;
use crate::run::Arguments;

/// One attempt at a command.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) number: u32,
    pub(crate) timeout: Option<Duration>,
}

/// What an attempt came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ending: Ending,
    /// `None`: it succeeded.
    pub(crate) failure: Option<Failure>,
    /// A signal asks for the end of it all.
    pub(crate) interrupted: bool,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Exit(i32),
    NotStarted(io::Error),
    Signal(i32),
    TimedOut,
}

impl Ending {
    /// The exit code that says so: as shells and `timeout` have it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Exit(code) => *code as u8,
            Self::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotStarted(_) => 126,
            Self::Signal(signal) => 128 + *signal as u8,
            Self::TimedOut => 124,
        }
    }

    fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Exit(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "failed with exit code {code}"),
            Self::NotStarted(error) => write!(f, "could not be started ({error})"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}

impl Attempt<'_> {
    pub(crate) async fn run(&self, signals: &mut Signals) -> Outcome {
        if let Some(file) = &self.arguments.hint_file {
            // That it is not there is the usual case; that it cannot be removed shows as a stale hint.
            let _ = fs::remove_file(file);
        }
        let mut child = match self.spawn() {
            Ok(child) => child,
            Err(error) => {
                return Outcome {
                    ending: Ending::NotStarted(self.named(&error)),
                    failure: Some(Failure::permanent()),
                    interrupted: false,
                };
            }
        };
        let output = Output::pass_through(&mut child);
        let (ending, interrupted) = self.wait(&mut child, signals).await;
        let output = output.finish().await;
        Outcome {
            failure: self.judge(&ending, &output),
            ending,
            interrupted,
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let arguments = self.arguments;
        let [program, rest @ ..] = arguments.command.as_slice() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut command = Command::new(program);
        command
            .args(rest)
            .env("BACKOFF_ATTEMPT", self.number.to_string());
        if !arguments.foreground {
            command.process_group(0);
        }
        if arguments.reads_output() {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        command.spawn()
    }

    /// The error of a command that could not be started, with the command's name.
    fn named(&self, error: &io::Error) -> io::Error {
        let program = self.arguments.command.first();
        let program = program.map_or_else(String::new, |it| it.display().to_string());
        io::Error::new(error.kind(), format!("{program}: {error}"))
    }

    /// Waits for the command, hands signals on, and stops it when its time is over.
    async fn wait(&self, child: &mut Child, signals: &mut Signals) -> (Ending, bool) {
        let group = Group::of(child, self.arguments.foreground);
        let timeout = time::sleep(self.timeout.unwrap_or(Duration::MAX));
        tokio::pin!(timeout);
        loop {
            tokio::select! {
                status = child.wait() => return (ended(status), false),
                () = &mut timeout => {
                    let _ = group.stop(child, Signal::TERM, self.arguments.kill_after).await;
                    return (Ending::TimedOut, false);
                }
                signal = signals.next() => match signal {
                    Told::End(signal) => {
                        let status = group.stop(child, signal, self.arguments.kill_after).await;
                        return (ended(status), true);
                    }
                    Told::HandOn(signal) => group.send(signal),
                    Told::Suspend => group.suspend(),
                },
            }
        }
    }

    fn judge(&self, ending: &Ending, output: &str) -> Option<Failure> {
        let arguments = self.arguments;
        let any = |patterns: &[regex_lite::Regex]| patterns.iter().any(|it| it.is_match(output));
        let listed = |codes: &[i32]| codes.contains(&i32::from(ending.code()));
        let by_itself = match ending {
            Ending::Exit(0) => return None,
            Ending::NotStarted(_) => return Some(Failure::permanent()),
            Ending::TimedOut => true,
            // Nobody reads the output any more, and nobody will read that of another attempt.
            Ending::Signal(signal) if *signal == Signal::PIPE.as_raw() => false,
            Ending::Exit(_) | Ending::Signal(_) => {
                arguments.transient.is_empty() && !listed(&arguments.permanent)
            }
        };
        let transient =
            any(&arguments.transient_output) || listed(&arguments.transient) || by_itself;
        if any(&arguments.permanent_output) || !transient {
            return Some(Failure::permanent());
        }
        Some(match self.hint(output) {
            None => Failure::transient(),
            Some(hint) => Failure::throttled().with_retry_after(hint),
        })
    }

    /// How long the command asks to wait: its last word in the file or the output.
    fn hint(&self, output: &str) -> Option<Duration> {
        let file = self.arguments.hint_file.as_ref();
        let written = file.and_then(|file| fs::read_to_string(file).ok());
        let printed = || {
            let pattern = self.arguments.hint_output.as_ref()?;
            let last = pattern.captures_iter(output).last()?;
            Some(last.get(1)?.as_str().to_owned())
        };
        duration(&written.or_else(printed)?, HttpDate::now())
    }
}

impl Arguments {
    /// Whether the output must be read; else the command writes to where this process does.
    fn reads_output(&self) -> bool {
        let patterns = self.transient_output.len() + self.permanent_output.len();
        patterns > 0 || self.hint_output.is_some()
    }
}

fn ended(status: io::Result<ExitStatus>) -> Ending {
    status.map_or_else(Ending::NotStarted, Ending::of)
}

/// What `Retry-After` may say, seconds or a date, which counts from `now`; or a duration with units.
fn duration(text: &str, now: HttpDate) -> Option<Duration> {
    let text = text.trim();
    match RetryAfter::parse_lenient(text.as_bytes(), now) {
        Ok(asked) => Some(asked.delay(now)),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_seconds_or_dates_or_carry_a_unit() {
        let now = HttpDate::from_unix(784_111_717);
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60_000)),
            ("2", Some(2_000)),
            (" 0.25\n", Some(250)),
            ("1m 30s", Some(90_000)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ];
        for (text, millis) in cases {
            assert_eq!(
                duration(text, now),
                millis.map(Duration::from_millis),
                "{text:?}"
            );
        }
    }
}
