//! What may be retried, how often and for how long.

mod constructors;
mod defaults;
mod delay_origin;
mod display;
mod first_delay;
mod getters;
mod hint;
mod policy;
mod policy_ref;
mod rule;

pub use delay_origin::DelayOrigin;
pub use policy::Policy;
pub use policy_ref::PolicyRef;
pub use rule::{DeadlineRule, HintRule};
