//! The attempts at a command, and what happens between them.

use std::cell::RefCell;
use std::fmt::Display;
use std::time::Duration;

use backoff_settings::PolicySettings;
use backoff_tokio::{Event, outcomes};
use tokio::time::{Instant, sleep_until, timeout};

use super::arguments::Arguments;
use super::attempt::{Attempt, Outcome};
use super::command_end::CommandEnd;
use super::command_input::CommandInput;
use super::hint;
use super::log::{Log, Record};
use super::orphans;
use super::output::Output;
use super::pattern::OutputPatterns;
use super::process::{Surroundings, after};
use super::retry_hook::RetryHook;
use super::run_flags::RunFlags;
use super::signals::Signals;

/// The attempts at a command.
#[derive(Debug)]
pub(super) struct Retries<'a> {
    arguments: &'a Arguments,
    flags: &'a RunFlags,
    settings: &'a PolicySettings,
    patterns: OutputPatterns,
    log: Log,
    around: Surroundings,
    /// The deadline that the user gave.
    deadline: Option<Instant>,
}

/// What an attempt and the time after it lead to.
enum Next {
    Retry,
    /// The end, with this exit code. What is held back is printed until a time, or without a limit.
    End(u8, Option<Instant>),
}

/// How long the last lines may take where the reader of the output has not read for long.
const LAST_LINES: Duration = Duration::from_millis(50);

impl<'a> Retries<'a> {
    pub(super) fn new(
        arguments: &'a Arguments,
        flags: &'a RunFlags,
        settings: &'a PolicySettings,
    ) -> Result<Self, String> {
        fn named(what: &str, error: &dyn Display) -> String {
            format!("{what}: {error}")
        }
        if let Some(file) = &flags.hint_file {
            let removed = hint::remove_file(file);
            removed.map_err(|error| named(&format!("--hint-file {}", file.display()), &error))?;
        }
        orphans::adopt();
        let signals = Signals::listen().map_err(|error| named("signals", &error))?;
        let input = CommandInput::open(flags.stdin);
        let output = Output::open(flags.output());
        Ok(Self {
            arguments,
            flags,
            settings,
            patterns: flags.patterns()?,
            log: Log::new(flags),
            around: Surroundings {
                signals,
                input: input.map_err(|error| named("standard input", &error))?,
                output: output.map_err(|error| named("standard output", &error))?,
            },
            deadline: deadline(settings),
        })
    }

    /// Runs the command until it succeeds or fails for good. Returns the exit code.
    pub(super) async fn run(mut self) -> u8 {
        let policy = self.settings.policy();
        let started = Instant::now();
        let decided = RefCell::new(None);
        let mut attempts = backoff_tokio::attempts(&policy)
            .when(outcomes(|outcome: &Outcome| outcome.failure))
            .on_event(|event: &Event<'_, Outcome>| {
                if let Some(record) = Record::of(event) {
                    decided.replace(Some(record));
                }
            });
        if let end @ Next::End(..) = self.wait(attempts.first_pause()).await {
            return self.finish(1, end).await;
        }
        self.deadline = deadline(self.settings);
        loop {
            let number = attempts.attempt();
            let outcome = self.attempt(number, attempts.attempt_timeout()).await;
            if outcome.interrupted_until.is_some() {
                self.tell(&Record::interrupted(number, outcome.end.code()));
                return self.finish(number, self.end(&outcome)).await;
            }
            let pause = attempts.pause_after(&outcome);
            let record = decided.take();
            let record = record.unwrap_or_else(|| Record::succeeded(number, started.elapsed()));
            self.tell(&record);
            let Some(pause) = pause.filter(|_| !outcome.took_input) else {
                return self.finish(number, self.end(&outcome)).await;
            };
            let next = match self.before_retry(&record, &outcome).await {
                Next::Retry => self.wait(pause).await,
                end @ Next::End(..) => end,
            };
            if let Next::End(..) = next {
                return self.finish(number, next).await;
            }
        }
    }

    async fn attempt(&mut self, number: u32, timeout: Option<Duration>) -> Outcome {
        self.tell(&Record::begins(number));
        let timeout = interruption(self.settings, timeout);
        let attempt = Attempt {
            arguments: self.arguments,
            flags: self.flags,
            patterns: &self.patterns,
            number,
            interrupt_at: timeout.map(after),
        };
        attempt.run(&mut self.around).await
    }

    /// Runs the line of `--on-retry`.
    async fn before_retry(&mut self, record: &Record, failed: &Outcome) -> Next {
        let Some(line) = self.flags.on_retry.as_deref() else {
            return Next::Retry;
        };
        let hook = RetryHook {
            line,
            record,
            interrupt_at: self.deadline,
            kill_after: self.flags.kill_after(),
        };
        let (end, interrupted_until) = hook.run(failed, &mut self.around).await;
        if interrupted_until.is_some() {
            return Next::End(end.code(), interrupted_until);
        }
        if !matches!(end, CommandEnd::Exit(0)) {
            self.tell(&Record::hook_failed(record, &end));
        }
        Next::Retry
    }

    async fn wait(&mut self, pause: impl Future<Output = ()>) -> Next {
        tokio::select! {
            () = pause => Next::Retry,
            signal = self.around.signals.next_that_ends() => {
                let code = CommandEnd::Signal(signal.as_raw()).code();
                Next::End(code, Some(after(self.flags.kill_after())))
            }
        }
    }

    /// Ends with the outcome of the last attempt.
    fn end(&self, outcome: &Outcome) -> Next {
        let deadline = self.deadline.map(|it| it + self.flags.kill_after());
        Next::End(outcome.end.code(), outcome.interrupted_until.or(deadline))
    }

    /// Prints what is held back. Returns the exit code.
    async fn finish(&mut self, attempt: u32, end: Next) -> u8 {
        let Next::End(code, limit) = end else {
            return 0;
        };
        let Surroundings {
            signals, output, ..
        } = &mut self.around;
        let least = after(LAST_LINES);
        let released = tokio::select! {
            released = output.release(code == 0) => released,
            _ = signals.next_that_ends() => return code,
            () = sleep_until(limit.unwrap_or(least).max(least)), if limit.is_some() => {
                // Nothing reads the output, so part of it is lost.
                return if code == 0 { CommandEnd::TimedOut.code() } else { code };
            }
        };
        let Err(error) = released else { return code };
        self.tell(&Record::output_failed(attempt, &error));
        let _ = timeout(LAST_LINES, self.around.output.flush()).await;
        if code == 0 { 1 } else { code }
    }

    fn tell(&mut self, record: &Record) {
        if let Some(line) = self.log.line(record) {
            self.around.output.log(&line);
        }
    }
}

/// Returns the deadline of a call that begins now, if the user gave one.
fn deadline(settings: &PolicySettings) -> Option<Instant> {
    let remaining = settings.policy().start().remaining(Duration::ZERO);
    remaining.filter(|_| settings.sets_deadline()).map(after)
}

/// Returns the time after which an attempt is interrupted. `timeout` is that of the policy, at most up to its deadline.
///
/// A default deadline prevents further retries, but does not interrupt an attempt: the user gave no limit.
fn interruption(settings: &PolicySettings, timeout: Option<Duration>) -> Option<Duration> {
    if settings.sets_deadline() {
        return timeout;
    }
    let policy = settings.policy().without_deadline();
    policy.start().attempt_timeout(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_deadline_interrupts_nothing_and_a_given_one_does() {
        let second = Duration::from_secs(1);
        let cases = [
            // (settings, after how many seconds an attempt is interrupted, where 5 are left)
            ("", None),
            ("deadline = '1m'", Some(5)),
            ("deadline = 'none'", None),
            ("attempt_timeout = '9s'", Some(9)),
            ("attempt_timeout = '3s'", Some(3)),
            ("attempt_timeout = 'none'", None),
            ("attempt_timeout = '9s'\ndeadline = '1m'", Some(5)),
            ("attempt_timeout = '3s'\ndeadline = '1m'", Some(3)),
        ];
        for (text, expected) in cases {
            let settings: PolicySettings = toml::from_str(text).expect(text);
            let elapsed = Duration::from_secs(55);
            let timeout = settings.policy().start().attempt_timeout(elapsed);
            let expected = expected.map(|seconds| second * seconds);
            assert_eq!(interruption(&settings, timeout), expected, "{text}");
        }
    }
}
