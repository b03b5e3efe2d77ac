//! A channel that carries one message at a time.

use std::time::Duration;

use backoff_core::{Failure, nanos};

use crate::server::{Moment, Request, Server, Step};

/// A channel divided into slots, each of which carries a message if exactly one client sends in it.
///
/// The model in which makespans of batches are stated: binary exponential backoff needs on the order of
/// `n lg n` slots for `n` clients (Bender, Farach-Colton, He, Kuszmaul and Leiserson, "Adversarial contention
/// resolution for simple channels", SPAA 2005).
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Channel, Fleet, Simulation};
/// use std::time::Duration;
///
/// let slot = Duration::from_millis(1);
/// let policy = Policy::exponential(2 * slot, Duration::MAX).retry_forever();
/// let record = Simulation::new(&policy, Channel::new(slot)).with_fleet(Fleet::batch(100)).run(1);
/// assert_eq!(record.succeeded, 100);
/// assert!(record.ended > 100_000_000); // 100 messages take 100 slots at least
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// In nanoseconds, at least one.
    slot: u64,
    /// The number of the slot under way, and how many have sent in it.
    current: (u64, u32),
    /// The same for the slot before, which is judged when it has ended.
    last: (u64, u32),
}

impl Channel {
    /// Makes a channel with slots of this length, at least a nanosecond.
    #[must_use]
    pub fn new(slot: Duration) -> Self {
        Self {
            slot: nanos::from_duration(slot).max(1),
            current: (0, 0),
            last: (0, 0),
        }
    }
}

impl Server for Channel {
    #[inline]
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step {
        let slot = moment.now / self.slot;
        if request.stage == 0 {
            if self.current.0 != slot {
                self.last = self.current;
                self.current = (slot, 0);
            }
            self.current.1 += 1;
            let end = (slot + 1).saturating_mul(self.slot);
            return Step::Again {
                after: end - moment.now,
            };
        }
        // The slot has ended just now; the next one may have begun in the same moment.
        let senders = if self.current.0 == slot {
            self.last.1
        } else {
            self.current.1
        };
        Step::Answer {
            after: 0,
            failure: (senders > 1).then(Failure::transient),
        }
    }
}
