//! A rate limit in front of a server.

use std::time::Duration;

use backoff_core::{Failure, nanos};

use super::model::{Arrival, Request, Response, Server};

/// Puts a rate limit in front of a server: it admits a limited number of requests in each window of time.
///
/// Further requests get a throttled failure with a hint that says when the next window opens, like HTTP's
/// `Retry-After`. Every client that is refused in one window is given the same time to return at.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Simulation, FixedLatency, RateLimit};
/// use std::time::Duration;
///
/// let limit = RateLimit::new(FixedLatency::new(Duration::ZERO), 10, Duration::from_secs(1));
/// let policy = Policy::DEFAULT.with_max_attempts(2);
/// let record = Simulation::new(&policy, limit).with_fleet(Fleet::batch(15)).run(1);
/// assert_eq!((record.succeeded, record.attempts), (15, 20));
/// assert!(record.ended >= 1_000_000_000); // five wait for the second window
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RateLimit<S> {
    server: S,
    limit: u64,
    /// In nanoseconds, at least one.
    window: u64,
    hints: bool,
    /// The number of the current window, and how many requests passed in it.
    current: (u64, u64),
}

impl<S> RateLimit<S> {
    /// Passes `limit` requests to the server in each window of this length; less than 1 ns counts as 1 ns.
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

    /// Refuses requests without a hint.
    #[must_use]
    pub const fn without_hints(mut self) -> Self {
        self.hints = false;
        self
    }
}

impl<S: Server> Server for RateLimit<S> {
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        let window = arrival.now / self.window;
        if self.current.0 != window {
            self.current = (window, 0);
        }
        if request.stage > 0 || self.current.1 < self.limit {
            self.current.1 += u64::from(request.stage == 0);
            return self.server.receive(request, arrival);
        }
        let opens = (window + 1).saturating_mul(self.window) - arrival.now;
        let failure = if self.hints {
            Failure::throttled().with_retry_after(nanos::to_duration(opens))
        } else {
            Failure::throttled()
        };
        Response::Answer {
            after: 0,
            failure: Some(failure),
        }
    }
}
