//! What every image shares: opaque inputs, an opaque wait, and a panic handler that does not link.
//!
//! Each image is a loop that takes its inputs from here and hands a duration back. The compiler knows neither
//! the inputs nor what becomes of the duration, so that it can neither fold a decision nor leave one out.

#![no_std]

use core::hint::black_box;
use core::panic::PanicInfo;
use core::time::Duration;

use backoff_core::{FailureKind, Progress, Retry};

/// What one turn of a retry loop knows.
#[derive(Clone, Copy)]
pub struct Input {
    pub elapsed: Duration,
    pub hint: Option<Duration>,
    pub kind: FailureKind,
    pub random: u32,
}

static INPUT: Input = Input {
    elapsed: Duration::ZERO,
    hint: None,
    kind: FailureKind::Transient,
    random: 0,
};

/// The inputs of a turn, of which the compiler knows nothing.
pub fn input() -> &'static Input {
    black_box(&INPUT)
}

/// Stands for the wait.
#[inline(never)]
pub fn sleep(duration: Duration) {
    black_box(duration);
}

/// The bytes of RAM that a call holds, for the script to read: `Progress`, then `Retry`.
// SAFETY: the section holds nothing else, and the linker script only keeps it aside.
#[used]
#[unsafe(link_section = ".state")]
static STATE: [u32; 2] = [
    size_of::<Progress>() as u32,
    size_of::<Retry<'static, backoff_core::Exponential>>() as u32,
];

// SAFETY: there is no such function. Nothing can call it, since a program that might does not link.
unsafe extern "C" {
    safe fn a_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    a_panic_is_reachable()
}
