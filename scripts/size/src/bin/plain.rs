//! Doubling windows, full jitter, a limit on attempts, and nothing else.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Failure, Policy};
use size::{input, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    .with_max_attempts(5)
    .without_deadline();

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    let mut retry = POLICY.start();
    while input().random != 0 {
        match retry.on_failure(Duration::ZERO, Failure::transient(), input().random) {
            Decision::Retry { after } => sleep(after),
            Decision::GiveUp(_) => return,
        }
    }
}
