//! Every check of a decision under a policy that is chosen at run time: nothing is folded.

#![no_std]
#![no_main]

use core::hint::black_box;
use core::time::Duration;

use backoff_core::{Decision, Failure, Policy};
use size::{input, sleep};

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30));

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    let mut retry = black_box(&POLICY).start();
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
