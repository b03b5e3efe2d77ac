//! What HTTP clients that retry have in common, whichever library sends their requests.

mod attempt_mark;
mod classified;
mod client_rules;
#[cfg(feature = "uuid-1")]
mod idempotency_key;

pub use classified::Classified;
pub use client_rules::ClientRules;
#[cfg(feature = "uuid-1")]
pub use idempotency_key::ensure_idempotency_key;
