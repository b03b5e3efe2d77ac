//! A row that many clients want to update.

use backoff_core::Failure;

use crate::server::{Moment, Request, Server, Step};

/// A row of a database under optimistic concurrency control.
///
/// An attempt reads the version of the row, and then writes it on the condition that the version is still the
/// same; it fails where another client wrote in between. The model of Marc Brooker, "Exponential Backoff And
/// Jitter", AWS Architecture Blog, 2015.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Fleet, Network, Row, Simulation};
/// use std::time::Duration;
///
/// let policy = Policy::DEFAULT.retry_forever();
/// let record = Simulation::new(&policy, Row::new())
///     .with_fleet(Fleet::batch(3))
///     .with_network(Network::constant(Duration::from_millis(10)))
///     .run(1);
/// assert_eq!(record.succeeded, 3);
/// assert!(record.attempts > 3); // all three read the same version, and only one of them writes first
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    version: u32,
}

impl Row {
    /// Makes a row that nobody has written.
    #[must_use]
    pub const fn new() -> Self {
        Self { version: 0 }
    }
}

impl Server for Row {
    #[inline]
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step {
        if request.stage == 0 {
            request.note = self.version;
            let after = moment.trip() + moment.trip();
            return Step::Again { after };
        }
        let conflict = request.note != self.version;
        if !conflict {
            self.version = self.version.wrapping_add(1);
        }
        Step::Answer {
            after: 0,
            failure: conflict.then(Failure::transient),
        }
    }
}
