//! `backoff run`: retries a command.

mod arguments;
mod attempt;
mod classify;
mod command_end;
mod hint;
mod log;
mod output;
mod process_group;
mod signals;

use std::process::ExitCode;

use backoff_tokio::{Event, outcomes};
use tokio::runtime;

pub(crate) use arguments::Arguments;

use attempt::{Attempt, Outcome};
use command_end::CommandEnd;
use process_group::adopt_orphans;
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
    adopt_orphans();
    let mut signals = Signals::listen().map_err(|error| error.to_string())?;
    let mut attempts = backoff_tokio::attempts(&policy)
        .when(outcomes(|outcome: &Outcome| outcome.failure))
        .on_event(|event: &Event<'_, Outcome>| {
            if !arguments.quiet {
                log::event(event);
            }
        });
    loop {
        let attempt = Attempt {
            arguments,
            number: attempts.attempt(),
            timeout: attempts.attempt_timeout(),
        };
        let outcome = attempt.run(&mut signals).await;
        if outcome.interrupted {
            return Ok(outcome.end.code());
        }
        let Some(pause) = attempts.pause_after(&outcome) else {
            return Ok(outcome.end.code());
        };
        tokio::select! {
            () = pause => {}
            signal = signals.next_that_ends() => {
                return Ok(CommandEnd::Signal(signal.as_raw()).code());
            }
        }
    }
}
