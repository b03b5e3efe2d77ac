//! Which failures are transient.

use backoff_core::Failure;
use regex_lite::Regex;
use rustix::process::Signal;

use super::arguments::Arguments;
use super::command_end::CommandEnd;
use super::hint::hint;

/// Classifies how a command ended; `None` is a success.
pub(super) fn classify(arguments: &Arguments, end: &CommandEnd, output: &str) -> Option<Failure> {
    let any = |patterns: &[Regex]| patterns.iter().any(|it| it.is_match(output));
    let listed = |codes: &[u8]| codes.contains(&end.code());
    let by_itself = match end {
        CommandEnd::Exit(0) if !any(&arguments.transient_output) => return None,
        CommandEnd::InputFailed(_) | CommandEnd::NotStarted(_) => {
            return Some(Failure::permanent());
        }
        CommandEnd::FailedOutput | CommandEnd::TimedOut => true,
        // The reader of the output has gone, so another attempt would fail as well.
        CommandEnd::Signal(signal) if *signal == Signal::PIPE.as_raw() => false,
        CommandEnd::Exit(_) | CommandEnd::Signal(_) => {
            arguments.transient.is_empty() && !listed(&arguments.permanent)
        }
    };
    let transient = any(&arguments.transient_output) || listed(&arguments.transient) || by_itself;
    if any(&arguments.permanent_output) || !transient {
        return Some(Failure::permanent());
    }
    Some(match hint(arguments, output) {
        None => Failure::transient(),
        Some(hint) => Failure::throttled().with_retry_after(hint),
    })
}
