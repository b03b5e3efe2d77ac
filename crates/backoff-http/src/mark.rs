//! What two layers that retry tell each other, so that their attempts do not multiply.

mod attempt_header;
mod find;
#[cfg(feature = "std")]
mod retries_exhausted;
mod retry_mark;

pub use attempt_header::{ATTEMPT_HEADER, AttemptText, attempt};
#[cfg(feature = "std")]
pub use retries_exhausted::RetriesExhausted;
pub use retry_mark::RetryMark;
