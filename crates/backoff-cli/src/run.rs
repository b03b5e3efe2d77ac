//! `backoff run`: retries a command.

mod arguments;
mod attempt;
mod classify;
mod command_end;
mod command_input;
mod hint;
mod log;
mod orphans;
mod output;
mod process_group;
mod signals;

use std::process::ExitCode;
use std::time::Duration;

use backoff_settings::PolicySettings;
use backoff_tokio::{Event, outcomes};
use tokio::runtime;

pub(crate) use arguments::Arguments;

use attempt::{Attempt, Outcome};
use command_end::CommandEnd;
use command_input::CommandInput;
use signals::Signals;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let code = runtime.block_on(retry(arguments))?;
    // A leftover process may hold a pipe open, and must not delay the end.
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}

async fn retry(arguments: &Arguments) -> Result<u8, String> {
    let settings = arguments.policy.settings()?;
    let policy = settings.policy();
    orphans::adopt();
    let mut signals = Signals::listen().map_err(|error| error.to_string())?;
    let mut input =
        CommandInput::open(arguments.stdin).map_err(|error| format!("standard input: {error}"))?;
    let mut attempts = backoff_tokio::attempts(&policy)
        .when(outcomes(|outcome: &Outcome| outcome.failure))
        .on_event(|event: &Event<'_, Outcome>| log::event(event, arguments.quiet));
    tokio::select! {
        () = attempts.first_pause() => {}
        signal = signals.next_that_ends() => {
            return Ok(CommandEnd::Signal(signal.as_raw()).code());
        }
    }
    loop {
        let attempt = Attempt {
            arguments,
            number: attempts.attempt(),
            timeout: interruption(&settings, attempts.attempt_timeout()),
        };
        let outcome = attempt.run(&mut signals, &mut input).await;
        if outcome.interrupted {
            return Ok(outcome.end.code());
        }
        let pause = match attempts.pause_after(&outcome) {
            Some(pause) if !outcome.took_input => pause,
            _ => return Ok(outcome.end.code()),
        };
        tokio::select! {
            () = pause => {}
            signal = signals.next_that_ends() => {
                return Ok(CommandEnd::Signal(signal.as_raw()).code());
            }
        }
    }
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
