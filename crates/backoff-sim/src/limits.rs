//! What the numbers of a scenario may be.

use std::fmt::Display;

use crate::setup::{FaultsText, FleetText, ServerText, Setup};

/// As many calls as the simulator can number.
const MOST_CLIENTS: u64 = u32::MAX as u64;
/// Calls per second: one per nanosecond, in which time is counted.
const FASTEST: f64 = 1e9;

impl Setup {
    /// Says what is wrong with the numbers, and where.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.fleet.check()?;
        self.server.check()?;
        self.faults.check()
    }
}

impl FleetText {
    fn check(&self) -> Result<(), String> {
        range("fleet.rate", self.rate, 0.0, FASTEST)?;
        range("fleet.clients", self.clients, 0, MOST_CLIENTS)?;
        let is_stream = self.rate > 0.0;
        if is_stream == (self.clients > 0) {
            return Err(
                "fleet needs one of the two: clients, or a rate of calls per second".into(),
            );
        }
        if is_stream && self.within.is_some() {
            return Err("fleet.within is for clients, and a stream has a rate".into());
        }
        let Some(spike) = &self.spike else {
            return Ok(());
        };
        if !is_stream {
            return Err("fleet.spike is for a stream: set fleet.rate".into());
        }
        range("fleet.spike.rate", spike.rate, 0.0, FASTEST)
    }
}

impl ServerText {
    fn check(&self) -> Result<(), String> {
        match *self {
            Self::Load { capacity, .. } => range("server.capacity", capacity, 0.0, f64::MAX),
            Self::Station { workers, .. } => range("server.workers", workers, 1, usize::MAX),
            Self::Channel { .. } | Self::Row | Self::Steady { .. } => Ok(()),
        }
    }
}

impl FaultsText {
    fn check(&self) -> Result<(), String> {
        range("faults.probability", self.probability, 0.0, 1.0)
    }
}

/// Fails outside of both ends, and for what is not a number.
pub(crate) fn range<T: Copy + Display + PartialOrd>(
    key: &str,
    value: T,
    least: T,
    most: T,
) -> Result<(), String> {
    if least <= value && value <= most {
        return Ok(());
    }
    Err(format!(
        "{key} is {value}, and must be from {least} to {most}"
    ))
}
