//! Every check of a decision: kinds, doubtful and throttled failures, hints, a deadline, decorrelated jitter.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Exponential, Failure, Jitter, Policy};
use size::{input, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    .with_throttled_schedule(Exponential::new(Duration::from_secs(1)))
    .with_jitter(Jitter::Decorrelated)
    .with_max_attempts(5)
    .with_doubtful_limit(2)
    .with_max_hint(Duration::from_secs(120))
    .with_deadline(Duration::from_secs(60));

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    let mut retry = POLICY.start();
    while input().random != 0 {
        let mut failure = Failure::new(input().kind);
        if let Some(hint) = input().hint {
            failure = failure.with_retry_after(hint);
        }
        match retry.on_failure(input().elapsed, failure, input().random) {
            Decision::Retry { after } => sleep(after),
            Decision::GiveUp(_) => return,
        }
    }
}
