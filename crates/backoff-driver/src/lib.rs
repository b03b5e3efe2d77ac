#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::alloc_instead_of_core,
    clippy::float_arithmetic,
    clippy::std_instead_of_core
)]
#![cfg_attr(
    not(any(test, feature = "test-util")),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The return type of a builder is written once, and nowhere by a user.
#![allow(clippy::type_complexity)]

#[cfg(feature = "std")]
extern crate std;

mod attempts;
mod batch;
#[cfg(feature = "heapless-0-9")]
mod budget_table;
mod future;
mod handler;
mod limits;
mod lock;
mod observe;
pub mod prelude;
#[cfg(feature = "futures-0-3")]
mod reconnecting;
mod report;
mod runtime;
#[cfg(feature = "test-util")]
pub mod test_util;

pub use attempts::{AttemptTimer, Attempts, Limit, Timeout};
pub use batch::{Batch, Pacing, Round, Slot};
#[cfg(feature = "heapless-0-9")]
pub use budget_table::{BudgetTable, KeyedBudget};
pub use future::{RetryFuture, retry};
pub use handler::{Handle, Handler, Plain, Recording};
pub use limits::{FromTimeout, Interrupt, Limited, OnTimeout, TimedOut, Timing, Uninterrupted};
pub use lock::Lock;
pub use observe::*;
#[cfg(feature = "futures-0-3")]
pub use reconnecting::Reconnecting;
pub use report::{Completion, Record, Report, Reporting, Stable};
pub use runtime::*;
