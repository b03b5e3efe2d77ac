//! What an HTTP outcome means, with every field that some server uses, as they are really written.

#![no_std]
#![no_main]

use backoff_http::Rules;
use size::classify_and_wait;

static RULES: Rules<'static> = Rules::DEFAULT;

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    classify_and_wait(&RULES);
}
