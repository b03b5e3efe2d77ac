//! Batches: many items, of which only those that failed are tried again.

mod a_few_at_a_time;
mod in_rounds;

use std::time::Duration;

use backoff_core::{Failure, Jitter, Policy};

/// An error with what the service says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refusal {
    /// Come back in so many seconds.
    Busy(u64),
    Malformed,
    Reset,
}

/// Tells what each error is, hints included.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a classifier takes its error by reference"
)]
fn classify(refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::Busy(after) => Failure::throttled().with_retry_after(seconds(*after)),
        Refusal::Malformed => Failure::permanent(),
        Refusal::Reset => Failure::transient(),
    }
}

/// Waits one second, two, four.
static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(30))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
