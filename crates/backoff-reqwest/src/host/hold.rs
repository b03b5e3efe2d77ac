//! Attempts that are held back, because the host asked another call to wait.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use backoff_http::{Classification, SharedHints};
use backoff_tokio::{Clock, Decision, Failure, Policy, Runtime, Schedule, Tokio};

/// What is done with an attempt that is about to start.
pub(crate) enum Hold {
    /// It starts.
    Free,
    /// It never starts: the host asks for a longer wait than the policy allows.
    Refused(HeldBack, Classification),
    /// It starts after this wait, if the host asks for none then.
    Wait(Duration),
    /// It starts after this wait, which the policy made shorter than the host's.
    WaitOnce(Duration),
}

/// Asks whether a host holds an attempt back that is about to start, `elapsed` after the start of its call.
///
/// The wait is what the policy makes of the host's delay, with its jitter and within its limits: as if this call had been told
/// itself. So the calls that wait do not all start at the same moment.
pub(crate) fn hold<S: Schedule + Clone>(
    hints: &SharedHints,
    authority: &str,
    policy: &Policy<S>,
    elapsed: Duration,
) -> Hold {
    let Some((left, told)) = hints.held(authority, Tokio.now()) else {
        return Hold::Free;
    };
    let unlimited = policy.clone().without_attempt_limit();
    let failure = Failure::throttled().with_retry_after(left);
    match unlimited
        .start()
        .on_failure(elapsed, failure, Tokio.random())
    {
        Decision::Retry { after } if after < left => Hold::WaitOnce(after),
        Decision::Retry { after } => Hold::Wait(after),
        Decision::GiveUp(_) => Hold::Refused(HeldBack { left }, told),
    }
}

/// A request was not sent, because its host asked another call to wait longer than the policy allows.
///
/// It is a cause of the [`Error`](crate::Error) of a call to a client with
/// [shared hints](crate::ClientBuilder::with_shared_hints).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HeldBack {
    left: Duration,
}

impl HeldBack {
    /// Returns how long the host still asked to wait when the request was refused.
    #[must_use]
    pub const fn left(self) -> Duration {
        self.left
    }
}

impl fmt::Display for HeldBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.left;
        write!(
            f,
            "not sent: the host asks all calls to wait {left:.3?} more, which is longer than the policy allows"
        )
    }
}

impl Error for HeldBack {}
