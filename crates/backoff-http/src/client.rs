//! What HTTP clients that retry have in common, whichever library sends their requests.

mod attempt_mark;
mod classified;
mod client_rules;

pub use classified::Classified;
pub use client_rules::ClientRules;
