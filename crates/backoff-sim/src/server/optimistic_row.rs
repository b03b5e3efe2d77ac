//! A database row that many clients update.

use backoff_core::Failure;

use super::model::{Arrival, Request, Response, Server};

/// A database row under optimistic concurrency control.
///
/// An attempt reads the version of the row, then writes if the version is still the same. It fails if another
/// client wrote in between. This is the model of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture
/// Blog, 2015.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Network, OptimisticRow, Simulation};
/// use std::time::Duration;
///
/// let policy = Policy::DEFAULT.retry_forever();
/// let record = Simulation::new(&policy, OptimisticRow::new())
///     .with_fleet(Fleet::batch(3))
///     .with_network(Network::constant(Duration::from_millis(10)))
///     .run(1);
/// assert_eq!(record.succeeded, 3);
/// assert!(record.attempts > 3); // all three read the same version, and only the first write succeeds
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct OptimisticRow {
    version: u32,
}

impl OptimisticRow {
    /// Creates a row that no client has written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { version: 0 }
    }
}

impl Server for OptimisticRow {
    #[inline]
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        if request.stage == 0 {
            request.note = self.version;
            let after = arrival.trip().saturating_add(arrival.trip());
            return Response::Again { after };
        }
        let conflict = request.note != self.version;
        if !conflict {
            self.version = self.version.wrapping_add(1);
        }
        Response::Answer {
            after: 0,
            failure: conflict.then(Failure::transient),
        }
    }
}
