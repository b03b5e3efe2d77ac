//! The loop alone: inputs in, a duration out, no decision. The other images are measured against it.

#![no_std]
#![no_main]

use size::{input, sleep};

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    while input().random != 0 {
        sleep(input().elapsed);
    }
}
