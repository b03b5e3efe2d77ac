//! What every image shares: opaque inputs, an opaque wait, and a panic handler that does not link.
//!
//! Each image is a loop that takes its inputs from here and hands a duration back. The compiler knows neither
//! the inputs nor what becomes of the duration, so that it can neither fold a decision nor leave one out.

#![no_std]

use core::hint::black_box;
use core::panic::PanicInfo;
use core::time::Duration;

use backoff_core::{FailureKind, Policy, Progress, RetryState};
use backoff_http::{Classification, Fault, HttpDate, Method, RequestInfo, Rules};

/// What one turn of a retry loop knows.
pub struct Input {
    pub elapsed: Duration,
    /// What went wrong instead of a response.
    pub fault: Option<Fault>,
    pub headers: &'static [(&'static str, &'static [u8])],
    pub hint: Option<Duration>,
    pub kind: FailureKind,
    pub method: Method,
    /// Seconds since 1970.
    pub now: i64,
    pub random: u32,
    pub status: u16,
}

static INPUT: Input = Input {
    elapsed: Duration::ZERO,
    fault: None,
    headers: &[],
    hint: None,
    kind: FailureKind::Transient,
    method: Method::Get,
    now: 0,
    random: 0,
    status: 0,
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

/// Has a function in the image: the compiler knows neither its arguments nor what becomes of its result.
pub fn reach<F>(pointer: F) {
    black_box(pointer);
}

/// A loop that classifies what HTTP gives and waits as the server asks, under rules that are known to the compiler.
#[inline(always)]
pub fn classify_and_wait(rules: &'static Rules<'static>) {
    while input().random != 0 {
        let Some(failure) = classification(rules).failure() else {
            return;
        };
        if failure.kind() == input().kind {
            sleep(failure.requested_delay());
        }
    }
}

/// What the outcome of a request is found to be.
#[inline(always)]
pub fn classification(rules: &'static Rules<'static>) -> Classification {
    let call = RequestInfo::new(input().method);
    let now = HttpDate::from_unix(input().now);
    match input().fault {
        None => rules.classify_response(call, input().status, input().headers, now),
        Some(fault) => rules.classify_error(call, fault),
    }
}

/// The bytes of RAM that a call holds, for the script to read: `Progress`, then `RetryState`.
// SAFETY: the section holds nothing else, and the linker script only keeps it aside.
#[used]
#[unsafe(link_section = ".state")]
static STATE: [u32; 2] = [
    size_of::<Progress>() as u32,
    size_of::<RetryState<&'static Policy>>() as u32,
];

// SAFETY: there is no such function. Nothing can call it, since a program that might does not link.
unsafe extern "C" {
    safe fn a_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    a_panic_is_reachable()
}
