//! What an HTTP outcome means: methods, statuses, connection faults, `Retry-After` as seconds or as a date.

#![no_std]
#![no_main]

use backoff_http::{Call, HttpDate, Rules};
use size::{input, sleep};

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
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
        if failure.kind() == input().kind {
            sleep(failure.retry_after().unwrap_or(failure.min_delay()));
        }
    }
}
