//! A line per retry, on standard error.

use backoff_tokio::{DelayOrigin, Event, GiveUp};

use super::attempt::Outcome;
use crate::terminal::print_error;
use crate::text;

/// Prints a line about a retry, or about giving up. If quiet, it prints only why there is no retry that was due.
pub(super) fn event(event: &Event<'_, Outcome>, is_quiet: bool) {
    match event {
        Event::Retrying {
            attempt, outcome, ..
        } if outcome.took_input => print_error(&format!(
            "backoff: attempt {attempt} {}; not retried, because it has read from standard input: use --stdin replay to \
             give each attempt the whole input, or --stdin null",
            outcome.end
        )),
        _ if is_quiet => {}
        Event::Retrying {
            attempt,
            elapsed,
            delay,
            origin,
            outcome,
            ..
        } => {
            let asked = match origin {
                DelayOrigin::Hint => ", as asked",
                DelayOrigin::ClampedHint => ", less than asked",
                _ => "",
            };
            let (elapsed, delay) = (text::duration(*elapsed), text::duration(*delay));
            print_error(&format!(
                "backoff: attempt {attempt} {} after {elapsed}; retrying in {delay}{asked}",
                outcome.end
            ));
        }
        Event::GaveUp {
            attempt,
            elapsed,
            reason,
            outcome,
            ..
        } => {
            let flag = match reason {
                GiveUp::Deadline => " (--deadline)",
                GiveUp::Attempts => " (--max-attempts)",
                _ => "",
            };
            print_error(&format!(
                "backoff: attempt {attempt} {} after {}; giving up: {reason}{flag}",
                outcome.end,
                text::duration(*elapsed),
            ));
        }
        _ => {}
    }
}
