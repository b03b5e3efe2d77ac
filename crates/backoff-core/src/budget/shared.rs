//! Budgets in atomic integers, which calls share across tasks and threads.

mod atomic;
mod bucket;
mod concurrency;
#[cfg(all(loom, test))]
mod interleavings;
mod ratio;
mod request;
mod throttle;
mod token;
mod window;

pub use concurrency::{ConcurrencyBudget, InFlight};
pub use ratio::RatioBudget;
pub use request::RequestBudget;
pub use throttle::ThrottleBudget;
pub use token::{Charge, TokenBudget};
