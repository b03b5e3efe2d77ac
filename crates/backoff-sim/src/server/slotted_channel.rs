//! A channel that carries one message per slot.

use std::time::Duration;

use backoff_core::{Failure, nanos};

use super::model::{Arrival, Request, Response, Server};

/// A channel divided into slots. A slot carries a message if exactly one client sends in it.
///
/// Theory states the makespan of a batch in this model: binary exponential backoff needs on the order of
/// `n lg n` slots for `n` clients (Bender, Farach-Colton, He, Kuszmaul and Leiserson, "Adversarial contention
/// resolution for simple channels", SPAA 2005).
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{SlottedChannel, Fleet, Simulation};
/// use std::time::Duration;
///
/// let slot = Duration::from_millis(1);
/// let policy = Policy::exponential(2 * slot, Duration::MAX).retry_forever();
/// let record = Simulation::new(&policy, SlottedChannel::new(slot)).with_fleet(Fleet::batch(100)).run(1);
/// assert_eq!(record.succeeded, 100);
/// assert!(record.ended > 100_000_000); // 100 messages take at least 100 slots
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SlottedChannel {
    /// In nanoseconds, at least one.
    slot: u64,
    /// The number of the current slot, and how many clients have sent in it.
    current: (u64, u32),
    /// The number of the previous slot, and how many clients sent in it.
    last: (u64, u32),
}

impl SlottedChannel {
    /// Creates a channel with slots of this length; less than 1 ns counts as 1 ns.
    #[must_use]
    pub fn new(slot: Duration) -> Self {
        Self {
            slot: nanos::from_duration(slot).max(1),
            current: (0, 0),
            last: (0, 0),
        }
    }
}

impl Server for SlottedChannel {
    #[inline]
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        let slot = arrival.now / self.slot;
        if request.stage == 0 {
            if self.current.0 != slot {
                self.last = self.current;
                self.current = (slot, 0);
            }
            self.current.1 += 1;
            let end = (slot + 1).saturating_mul(self.slot);
            return Response::Again {
                after: end - arrival.now,
            };
        }
        // The slot has just ended. A request of the next slot may have arrived at the same time.
        let senders = if self.current.0 == slot {
            self.last.1
        } else {
            self.current.1
        };
        Response::Answer {
            after: 0,
            failure: (senders > 1).then(Failure::transient),
        }
    }
}
