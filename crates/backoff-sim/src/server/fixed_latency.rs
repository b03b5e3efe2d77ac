//! A server that is never overloaded.

use std::time::Duration;

use backoff_core::nanos;

use super::model::{Arrival, Request, Response, Server};

/// A server that answers every request after the same time, whatever the load.
///
/// It never fails. Put [`Faults`](crate::Faults) or a [`RateLimit`](crate::RateLimit) in front of it.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Simulation, FixedLatency};
/// use std::time::Duration;
///
/// let record = Simulation::new(&Policy::DEFAULT, FixedLatency::new(Duration::from_millis(5))).run(1);
/// assert_eq!((record.succeeded, record.ended), (1, 5_000_000));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FixedLatency {
    /// In nanoseconds.
    latency: u64,
}

impl FixedLatency {
    /// Creates a server that answers after this time.
    #[must_use]
    pub const fn new(latency: Duration) -> Self {
        Self {
            latency: nanos::from_duration(latency),
        }
    }
}

impl Server for FixedLatency {
    #[inline]
    fn receive(&mut self, _request: &mut Request, _moment: &mut Arrival<'_>) -> Response {
        Response::Answer {
            after: self.latency,
            failure: None,
        }
    }
}
