//! What depends on the host of a request: budgets, and delays that the host asked for.

mod authority;
mod budgets;
mod hold;

pub(crate) use authority::authority;
pub use budgets::{Budgets, HostBudgets, HostCallBudget};
pub use hold::HeldBack;
pub(crate) use hold::{Hold, hold};
