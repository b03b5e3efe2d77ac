//! Failures in front of a server.

use std::time::Duration;

use backoff_core::{Failure, nanos};
use serde::Deserialize;

use super::model::{Arrival, Request, Response, Server};
use crate::text;

/// Puts faults in front of a server: random failures, and an outage during which every request fails.
///
/// # Examples
///
/// With three retries, a call fails only if all four attempts fail:
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{Faults, Fleet, Simulation, FixedLatency};
/// use std::time::Duration;
///
/// let server = Faults::new(FixedLatency::new(Duration::ZERO)).with_probability(0.5);
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

/// A time during which a server is down.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// When it begins, counted from the start of the run.
    #[serde(deserialize_with = "text::required")]
    pub from: Duration,
    /// How long it lasts.
    #[serde(deserialize_with = "text::required")]
    pub lasting: Duration,
    /// Whether requests get no answer. Otherwise each is refused at once, with a transient failure.
    #[serde(default)]
    pub silent: bool,
}

impl<S> Faults<S> {
    /// Wraps a server, without any fault at first.
    #[must_use]
    pub const fn new(server: S) -> Self {
        Self {
            server,
            probability: 0.0,
            outage: None,
        }
    }

    /// Makes each request fail with this probability, from 0 to 1: at once, with a transient failure.
    #[must_use]
    pub const fn with_probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// Makes every request fail for a time.
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
    fn receive(&mut self, request: &mut Request, arrival: &mut Arrival<'_>) -> Response {
        let failed = Response::Answer {
            after: 0,
            failure: Some(Failure::transient()),
        };
        match self.outage {
            Some(outage) if outage.covers(arrival.now) => {
                return if outage.silent {
                    Response::Silence
                } else {
                    failed
                };
            }
            _ => {}
        }
        if request.stage == 0 && arrival.random.chance(self.probability) {
            return failed;
        }
        self.server.receive(request, arrival)
    }
}
