//! What HTTP clients that retry have in common, whichever library sends their requests.

mod attempt_mark;
mod classified;
mod client_rules;
mod error_type;
mod exchange;
#[cfg(feature = "uuid-1")]
mod idempotency_key;
mod shared_hints;
mod target;

pub use classified::Classified;
pub use client_rules::ClientRules;
pub use exchange::Exchange;
#[cfg(feature = "uuid-1")]
pub use idempotency_key::ensure_idempotency_key;
pub use shared_hints::SharedHints;
pub use target::Target;
