//! Defaults of flags from the environment.

use std::env;

use clap::{ArgAction, Command};

/// Returns the variable for a flag or a key: `BACKOFF_MAX_ATTEMPTS` for `max-attempts`.
pub(crate) fn variable(name: &str) -> String {
    format!("BACKOFF_{}", name.replace('-', "_").to_uppercase())
}

/// Gives every flag of a command that takes a value the default of its variable. An empty one counts as none.
pub(crate) fn with_defaults(command: Command) -> Command {
    command.mut_args(|argument| {
        let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
        let name = argument.get_long().filter(|_| takes_value).map(variable);
        let is_set = |name: &String| env::var_os(name).is_some_and(|value| !value.is_empty());
        match name.filter(is_set) {
            None => argument,
            Some(name) => argument.env(name).hide_env(true),
        }
    })
}
