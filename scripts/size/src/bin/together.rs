//! An HTTP outcome is classified, and every check of a decision is made on it.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Exponential, Jitter, Policy};
use backoff_http::Rules;
use size::{classification, input, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    .with_throttled_schedule(Exponential::new(Duration::from_secs(1)))
    .with_jitter(Jitter::Decorrelated);

static RULES: Rules<'static> = Rules::RFC_9110;

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    let mut retry = POLICY.start();
    while input().random != 0 {
        let Some(failure) = classification(&RULES).failure() else {
            return;
        };
        match retry.on_failure(input().elapsed, failure, input().random) {
            Decision::Retry { after } => sleep(after),
            Decision::GiveUp(_) => return,
        }
    }
}
