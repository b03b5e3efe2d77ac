//! What the clients call.

use backoff_core::Failure;

use crate::network::Network;
use crate::random::Random;

mod channel;
mod faults;
mod load;
mod row;
mod station;
mod steady;
mod throttle;

pub use channel::Channel;
pub use faults::{Faults, Outage};
pub use load::Load;
pub use row::Row;
pub use station::Station;
pub use steady::Steady;
pub use throttle::Throttle;

/// What the clients call: a model of a server, or of whatever they compete for.
///
/// All of its answer is settled when a request arrives, also where it comes much later, so a model of a queue
/// needs no events of its own. A run begins with a clone of the server that the simulation was given.
///
/// # Examples
///
/// A server that drops every other request:
///
/// ```
/// use backoff_core::{Failure, Policy};
/// use backoff_sim::{Moment, Request, Server, Simulation, Step};
///
/// #[derive(Clone)]
/// struct EveryOther(u64);
///
/// impl Server for EveryOther {
///     fn receive(&mut self, _request: &mut Request, _moment: &mut Moment<'_>) -> Step {
///         self.0 += 1;
///         Step::Answer { after: 0, failure: (self.0 % 2 == 1).then(Failure::transient) }
///     }
/// }
///
/// let record = Simulation::new(&Policy::DEFAULT, EveryOther(0)).run(1);
/// assert_eq!((record.calls, record.succeeded, record.attempts), (1, 1, 2));
/// ```
pub trait Server {
    /// Takes a request in, and says what comes of it.
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step;
}

/// What comes of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// The request comes in once more, with a higher [stage](Request::stage), after this many nanoseconds.
    Again {
        /// In nanoseconds; trips through the network that lie between are part of it.
        after: u64,
    },
    /// The answer leaves the server after this many nanoseconds.
    Answer {
        /// In nanoseconds.
        after: u64,
        /// What the client sees; `None` is a success.
        failure: Option<Failure>,
    },
    /// There is never an answer: only its own timeout frees the client.
    Silence,
}

/// One attempt of a client, as the server sees it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Request {
    /// What the server wants to remember until the request comes in again.
    pub note: u32,
    /// How often this attempt has come in before.
    pub stage: u32,
}

/// The circumstances in which a request comes in.
#[derive(Debug)]
pub struct Moment<'a> {
    /// Nanoseconds since the start of the run.
    pub now: u64,
    /// The way back to the client.
    pub network: Network,
    /// The generator of the run.
    pub random: &'a mut Random,
}

impl Moment<'_> {
    /// How long a message is under way, in nanoseconds.
    #[inline]
    pub fn trip(&mut self) -> u64 {
        self.network.trip(self.random)
    }
}
