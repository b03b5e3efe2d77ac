//! May panic, and therefore must not link: the proof that the images which do link cannot.

#![no_std]
#![no_main]

use size::{input, sleep};

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    sleep(input().hint.unwrap());
}
