//! A rate limit that says when to come back.

use std::time::Duration;

use backoff_core::{Failure, nanos};

use crate::server::{Moment, Request, Server, Step};

/// A rate limit before another server: so many requests in each window, and no more.
///
/// The rest is throttled, and told to come back when the next window opens, as HTTP's `Retry-After` does. All
/// who are told so hear the same moment.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Simulation, Steady, Throttle};
/// use std::time::Duration;
///
/// let limit = Throttle::new(Steady::new(Duration::ZERO), 10, Duration::from_secs(1));
/// let policy = Policy::DEFAULT.with_max_attempts(2);
/// let record = Simulation::new(&policy, limit).with_fleet(Fleet::batch(15)).run(1);
/// assert_eq!((record.succeeded, record.attempts), (15, 20));
/// assert!(record.ended >= 1_000_000_000); // five had to wait for the second window
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Throttle<S> {
    server: S,
    limit: u64,
    /// In nanoseconds, at least one.
    window: u64,
    hints: bool,
    /// The number of the window under way, and how many were let through in it.
    current: (u64, u64),
}

impl<S> Throttle<S> {
    /// Lets `limit` requests through in each window of this length, at least a nanosecond.
    #[must_use]
    pub fn new(server: S, limit: u64, window: Duration) -> Self {
        Self {
            server,
            limit,
            window: nanos::from_duration(window).max(1),
            hints: true,
            current: (0, 0),
        }
    }

    /// Throttles without saying when to come back.
    #[must_use]
    pub const fn without_hints(mut self) -> Self {
        self.hints = false;
        self
    }
}

impl<S: Server> Server for Throttle<S> {
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step {
        let window = moment.now / self.window;
        if self.current.0 != window {
            self.current = (window, 0);
        }
        if request.stage > 0 || self.current.1 < self.limit {
            self.current.1 += u64::from(request.stage == 0);
            return self.server.receive(request, moment);
        }
        let opens = (window + 1).saturating_mul(self.window) - moment.now;
        let failure = if self.hints {
            Failure::throttled().with_retry_after(nanos::to_duration(opens))
        } else {
            Failure::throttled()
        };
        Step::Answer {
            after: 0,
            failure: Some(failure),
        }
    }
}
