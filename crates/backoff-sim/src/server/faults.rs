//! Requests that fail whatever the server would have answered.

use std::time::Duration;

use backoff_core::{Failure, nanos};

use crate::server::{Moment, Request, Server, Step};

/// Faults before another server: each request fails with a probability, and all of them during an outage.
///
/// # Examples
///
/// Three retries let a call fail only where all four attempts do:
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Faults, Fleet, Simulation, Steady};
/// use std::time::Duration;
///
/// let server = Faults::new(Steady::new(Duration::ZERO)).with_probability(0.5);
/// let policy = Policy::DEFAULT.with_max_attempts(4);
/// let record = Simulation::new(&policy, server).with_fleet(Fleet::batch(10_000)).run(1);
/// let failed = 1.0 - record.succeeded as f64 / 10_000.0;
/// assert!((failed - 0.5_f64.powi(4)).abs() < 0.01);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Faults<S> {
    server: S,
    probability: f64,
    outage: Option<Outage>,
}

/// A time during which a server is out.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    /// Since the start of the run.
    pub from: Duration,
    /// How long it lasts.
    pub lasting: Duration,
    /// Whether requests go unanswered; else they are refused at once, as a transient failure.
    pub silent: bool,
}

impl<S> Faults<S> {
    /// Puts no fault before a server yet.
    #[must_use]
    pub const fn new(server: S) -> Self {
        Self {
            server,
            probability: 0.0,
            outage: None,
        }
    }

    /// Lets each request fail with this probability, at once and as a transient failure.
    #[must_use]
    pub const fn with_probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// Lets all requests fail for a time.
    #[must_use]
    pub const fn with_outage(mut self, outage: Outage) -> Self {
        self.outage = Some(outage);
        self
    }
}

impl Outage {
    fn covers(&self, now: u64) -> bool {
        let from = nanos::from_duration(self.from);
        let end = from.saturating_add(nanos::from_duration(self.lasting));
        (from..end).contains(&now)
    }
}

impl<S: Server> Server for Faults<S> {
    fn receive(&mut self, request: &mut Request, moment: &mut Moment<'_>) -> Step {
        let failed = Step::Answer {
            after: 0,
            failure: Some(Failure::transient()),
        };
        match self.outage {
            Some(outage) if outage.covers(moment.now) => {
                return if outage.silent { Step::Silence } else { failed };
            }
            _ => {}
        }
        if request.stage == 0 && moment.random.chance(self.probability) {
            return failed;
        }
        self.server.receive(request, moment)
    }
}
