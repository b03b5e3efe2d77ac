//! What a call costs: one that succeeds at once, and one that fails three times over a sleeper that does nothing.
//!
//! The operation returns at once, an error as often as it is told to and then a number. Every policy is
//! exponential from 100 ms to 20 s with jitter and at most five attempts. A call is made and driven to its end
//! in a function that is not inlined, without a runtime.

use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::Policy;

mod by_hand;
mod operation;
mod ours;
mod peers;

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);
const DEADLINE: Duration = Duration::from_mins(1);

static POLICY: Policy = Policy::exponential(BASE, MAX);

fn main() {
    ask(&[(FIRST, ASYNC), (FIRST, BLOCKING), (THREE, FAILING)]);
}

const FIRST: Measure = Measure {
    name: "first-try success",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Both,
};
const THREE: Measure = Measure {
    name: "three failures",
    less: (1_000, 3),
    more: (2_000, 3),
    per: 1_000,
    by: By::Both,
};

const ASYNC: &[Subject] = &[
    Subject::new("bare call", by_hand::bare),
    Subject::new(
        "hand-written loop, no clock",
        by_hand::hand_written_clockless,
    ),
    Subject::new("hand-written loop, a plain clock", by_hand::hand_written),
    Subject::new("backoff-driver loop, a plain clock", ours::driver_loop),
    Subject::new("backoff-driver future, a plain clock", ours::driver_future),
    Subject::new(
        "hand-written loop, tokio's clock",
        by_hand::hand_written_tokio,
    ),
    Subject::new("backoff-tokio loop", ours::tokio_loop),
    Subject::new("backoff-tokio future", ours::tokio_future),
    Subject::new("backon", peers::backon_tokio),
    Subject::new("backoff 0.4", peers::backoff_0_4),
    Subject::new("google-cloud-gax", peers::gax),
    Subject::new("tokio-retry", peers::tokio_retry),
    Subject::new("tokio-retry2", peers::tokio_retry2),
    Subject::new("tower", peers::tower),
    Subject::new("tryhard", peers::tryhard),
];

const BLOCKING: &[Subject] = &[
    Subject::new("bare call, blocking", by_hand::bare_blocking),
    Subject::new(
        "hand-written loop, the system's clock, blocking",
        by_hand::hand_written_std,
    ),
    Subject::new("backoff-std, blocking", ours::std_retry),
    Subject::new("backon, blocking", peers::backon_blocking),
    Subject::new("backoff 0.4, blocking", peers::backoff_0_4_blocking),
    Subject::new("retry, blocking", peers::retry_blocking),
];

const FAILING: &[Subject] = &[
    Subject::new("hand-written loop, a plain clock", by_hand::hand_written),
    Subject::new("backoff-driver loop, a plain clock", ours::driver_loop),
    Subject::new("backoff-driver future, a plain clock", ours::driver_future),
    Subject::new(
        "backoff-driver future, thread's generator",
        ours::driver_future_thread,
    ),
    Subject::new("backon, idle sleeper", peers::backon_idle),
    Subject::new("backoff 0.4, idle sleeper", peers::backoff_0_4_idle),
    Subject::new("google-cloud-gax", peers::gax),
];
