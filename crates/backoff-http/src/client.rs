//! What HTTP clients that retry have in common, whichever library sends their requests.

mod attempt_mark;
mod classified;
mod client_rules;
mod error_type;
mod exchange;
mod shared_hints;
mod target;

pub use classified::Classified;
pub use client_rules::ClientRules;
pub use exchange::Exchange;
pub use shared_hints::SharedHints;
pub use target::Target;
