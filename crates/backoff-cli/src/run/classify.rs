//! Which failures are transient.

use backoff_core::Failure;

use super::command_end::CommandEnd;
use super::hint::hint;
use super::pattern::{Findings, Rule};
use super::run_flags::RunFlags;

/// Classifies how a command ended; `None` is a success. An end that is a failure only by the output becomes that.
pub(super) fn classify(
    flags: &RunFlags,
    end: CommandEnd,
    found: &Findings,
) -> (CommandEnd, Option<Failure>) {
    let end = match (&end, failed_output(flags, found)) {
        (CommandEnd::Exit(0), None) => return (end, None),
        (CommandEnd::Exit(0), Some(what)) => CommandEnd::FailedOutput(what),
        _ => end,
    };
    let transient = flags.transient();
    let is_listed = transient.iter().flatten().any(|code| *code == end.code());
    let by_itself = match &end {
        CommandEnd::InputFailed(_) | CommandEnd::NotStarted(_) | CommandEnd::OutputFailed(_) => {
            return (end, Some(Failure::permanent()));
        }
        CommandEnd::FailedOutput(_) | CommandEnd::TimedOut => true,
        // Another attempt would write to the same reader.
        CommandEnd::Exit(_) | CommandEnd::Signal(_) if end.is_broken_pipe() => false,
        CommandEnd::Exit(_) | CommandEnd::Signal(_) => {
            transient.is_none() && !flags.permanent().contains(&end.code())
        }
    };
    let is_transient = found.has(Rule::Transient) || is_listed || by_itself;
    if found.has(Rule::Permanent) || !is_transient {
        return (end, Some(Failure::permanent()));
    }
    let failure = match hint(flags, found) {
        None => Failure::transient(),
        Some(hint) => Failure::throttled().with_retry_after(hint),
    };
    (end, Some(failure))
}

/// Returns why an exit with 0 is a failure.
fn failed_output(flags: &RunFlags, found: &Findings) -> Option<&'static str> {
    let rules = [
        (found.has(Rule::Transient), "matches --transient-output"),
        (found.has(Rule::While), "matches --while-output"),
        (
            flags.polls_until() && !found.has(Rule::Until),
            "does not match --until-output",
        ),
    ];
    let broken = rules.into_iter().find(|(is_broken, _)| *is_broken);
    broken.map(|(_, what)| what)
}
