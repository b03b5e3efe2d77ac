//! An HTTP outcome judged, and every check of a decision made on it.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Exponential, Jitter, Policy};
use backoff_http::{Call, HttpDate, Rules};
use size::{input, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    .with_throttled_schedule(Exponential::new(Duration::from_secs(1)))
    .with_jitter(Jitter::Decorrelated);

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    let mut retry = POLICY.start();
    while input().random != 0 {
        let call = Call::new(input().method);
        let now = HttpDate::from_unix(input().now);
        let finding = match input().fault {
            None => Rules::DEFAULT.judge_response(call, input().status, input().headers, now),
            Some(fault) => Rules::DEFAULT.judge_error(call, fault),
        };
        let Some(failure) = finding.failure() else {
            return;
        };
        match retry.on_failure(input().elapsed, failure, input().random) {
            Decision::Retry { after } => sleep(after),
            Decision::GiveUp(_) => return,
        }
    }
}
