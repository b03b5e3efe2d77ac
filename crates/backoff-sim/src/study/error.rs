//! Why a study cannot be finished.

use std::fmt;

use crate::scenario::Scenario;

/// Says that time stands still in a run: attempts take no time, and are repeated for ever without a delay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StudyError {
    /// The name of the policy.
    pub policy: String,
    /// The name and the value of the swept setting, such as `clients = 100`.
    pub point: Option<String>,
}

impl StudyError {
    pub(super) fn new(scenario: &Scenario, point: usize, policy: usize) -> Self {
        let value = scenario.points()[point];
        Self {
            policy: scenario.policies()[policy].name.clone(),
            point: scenario.swept().map(|swept| format!("{swept} = {value}")),
        }
    }
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {:?}", self.policy)?;
        if let Some(point) = &self.point {
            write!(f, " at {point}")?;
        }
        f.write_str(
            ": time stands still: attempts take no time, and are repeated without a delay; set network.mean, a latency of \
             the server, or a base above 0s",
        )
    }
}

impl std::error::Error for StudyError {}
