//! All that an adapter offers beside its runtime: the types of `backoff-core` and of this crate.
//!
//! An adapter re-exports it in one line, so that an application names a single crate:
//!
//! ```
//! pub use backoff_driver::prelude::*;
//! ```

pub use backoff_core::*;

pub use crate::attempts::{Attempts, Limit, Timeout};
pub use crate::batch::{Batch, Pacing, Round, Slot};
#[cfg(feature = "heapless-0-9")]
pub use crate::budget_table::{BudgetTable, KeyedBudget};
pub use crate::future::RetryFuture;
pub use crate::handler::{Handle, Handler, Plain, Recording};
pub use crate::limits::{
    FromTimeout, Interrupt, Limited, OnTimeout, TimedOut, Timing, Uninterrupted,
};
pub use crate::lock::Lock;
pub use crate::observe::*;
#[cfg(feature = "futures-0-3")]
pub use crate::reconnecting::Reconnecting;
pub use crate::report::{Completion, Record, Report, Reporting, Stable};
pub use crate::runtime::*;
