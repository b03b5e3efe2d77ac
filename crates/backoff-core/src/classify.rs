//! Which outcomes are failures, and of which kind.

mod classifier;
mod classify;
mod every_error;
mod verdict;

pub use classifier::{Classifier, Errors, Or, Outcomes, Values, errors, outcomes, values};
pub use classify::Classify;
pub use every_error::EveryError;
pub use verdict::Verdict;
