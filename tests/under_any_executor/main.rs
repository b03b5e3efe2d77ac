//! What holds whatever executor runs a call, and whatever the attempt does to it: on tokio, smol, embassy and the virtual
//! clock.

mod a_cancelled_call_says_so;
mod a_clock_may_go_back;
mod a_limit_ends_an_attempt_that_never_rests;
mod a_stream_reconnects;
mod an_attempt_may_last_for_hours;
#[path = "../embassy.rs"]
mod embassy;
mod waits_of_nothing_are_fair;

use std::time::Duration;

use backoff_driver::TimedOut;
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(3600 * hours)
}

fn on_embassy() -> Embassy<Xoshiro128PlusPlus> {
    Embassy::new(Xoshiro128PlusPlus::seed_from_u64(1))
}

/// An error that limits can make.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Error {
    Closed,
    Refused,
    TimedOut(TimedOut),
}

impl From<TimedOut> for Error {
    fn from(cut: TimedOut) -> Self {
        Self::TimedOut(cut)
    }
}
