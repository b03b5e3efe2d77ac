//! A budget as data.

mod any_budget;
mod keys;
mod settings;

pub use any_budget::{AnyBudget, AnyHeld};
pub use settings::BudgetSettings;
