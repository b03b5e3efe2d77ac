//! What an HTTP outcome means: methods, statuses, connection faults, `Retry-After` as seconds or as a date.

#![no_std]
#![no_main]

use backoff_http::Rules;
use size::classify_and_wait;

static RULES: Rules<'static> = Rules::RFC_9110;

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    classify_and_wait(&RULES);
}
