//! A server that always has time.

use std::time::Duration;

use backoff_core::nanos;

use crate::server::{Moment, Request, Server, Step};

/// A server that answers every request after the same time, however many there are.
///
/// Alone it never fails; it is what [`Faults`](crate::Faults) and [`Throttle`](crate::Throttle) are put before.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Simulation, Steady};
/// use std::time::Duration;
///
/// let record = Simulation::new(&Policy::DEFAULT, Steady::new(Duration::from_millis(5))).run(1);
/// assert_eq!((record.succeeded, record.ended), (1, 5_000_000));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    /// In nanoseconds.
    latency: u64,
}

impl Steady {
    /// Makes a server that answers after this time.
    #[must_use]
    pub const fn new(latency: Duration) -> Self {
        Self {
            latency: nanos::from_duration(latency),
        }
    }
}

impl Server for Steady {
    #[inline]
    fn receive(&mut self, _request: &mut Request, _moment: &mut Moment<'_>) -> Step {
        Step::Answer {
            after: self.latency,
            failure: None,
        }
    }
}
