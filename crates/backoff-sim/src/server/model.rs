//! The trait of all servers, and what it is asked and answers.

use backoff_core::Failure;

use crate::network::Network;
use crate::random::Random;

/// Models a server, or anything else that clients compete for.
///
/// The server decides about a request when it arrives, even if the answer leaves much later. So the model of a
/// queue needs no events of its own. Each run starts from a clone of the server that the simulation was given.
///
/// # Examples
///
/// A server that fails every other request:
///
/// ```
/// use backoff_core::{Failure, Policy};
/// use backoff_sim::{Arrival, Request, Response, Server, Simulation};
///
/// #[derive(Clone)]
/// struct EveryOther(u64);
///
/// impl Server for EveryOther {
///     fn receive(&mut self, _request: &mut Request, _arrival: &mut Arrival<'_>) -> Response {
///         self.0 += 1;
///         Response::Answer { after: 0, failure: (self.0 % 2 == 1).then(Failure::transient) }
///     }
/// }
///
/// let record = Simulation::new(&Policy::DEFAULT, EveryOther(0)).run(1);
/// assert_eq!((record.calls, record.succeeded, record.attempts), (1, 1, 2));
/// ```
pub trait Server {
    /// Receives a request and decides how it is answered.
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response;
}

/// How a server responds to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Response {
    /// The request arrives again, with the next [stage](Request::stage), after this many nanoseconds.
    Again {
        /// In nanoseconds, including any trips through the network in between.
        after: u64,
    },
    /// The answer leaves the server after this many nanoseconds.
    Answer {
        /// In nanoseconds.
        after: u64,
        /// The failure that the client sees, or `None` for a success.
        failure: Option<Failure>,
    },
    /// The server never answers. The client waits until its timeout.
    Silence,
}

/// One attempt of a client, as the server sees it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Request {
    /// A note of the server to itself, kept until the request arrives again; 0 at first.
    pub note: u32,
    /// How many times this attempt has arrived before; 0 at first.
    pub stage: u32,
}

/// The circumstances in which a request arrives.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// Nanoseconds since the start of the run.
    pub now: u64,
    /// The network between the server and the client.
    pub network: Network,
    /// The generator of the run.
    pub random: &'a mut Random,
}

impl Arrival<'_> {
    /// Draws how long one message takes through the network, in nanoseconds.
    #[inline]
    pub fn trip(&mut self) -> u64 {
        self.network.trip(self.random)
    }
}
