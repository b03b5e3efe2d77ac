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

#[cfg(feature = "std")]
extern crate std;

mod attempts;
mod batch;
mod clock;
mod event;
mod lock;
#[cfg(feature = "std")]
mod monotonic;
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
mod random;
mod report;
mod retry;
#[cfg(feature = "heapless-0-9")]
mod table;
#[cfg(feature = "test-util")]
pub mod test_util;
mod timeout;
mod timing;

pub use attempts::Attempts;
pub use batch::{Batch, Pacing, Round, Slot};
pub use clock::{BlockingSleeper, Clock, Sleeper};
#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
pub use event::Counters;
#[cfg(feature = "defmt-1")]
pub use event::Defmt;
#[cfg(feature = "log-0-4")]
pub use event::Log;
#[cfg(feature = "tracing-0-1")]
pub use event::Tracing;
pub use event::{Event, NoObserver, Observe};
#[cfg(feature = "heapless-0-9")]
pub use event::{FailedAttempt, History};
pub use lock::Lock;
#[cfg(feature = "std")]
pub use monotonic::Monotonic;
#[cfg(all(
    feature = "std",
    not(any(target_os = "unknown", target_os = "vexos", target_os = "xous"))
))]
pub use random::ThreadRandom;
pub use report::{Completion, Ledger, Report};
pub use retry::{RetryFuture, retry};
#[cfg(feature = "heapless-0-9")]
pub use table::{BudgetTable, KeyedBudget};
pub use timeout::{TimedOut, Timeout};
pub use timing::{Timed, Timing, Untimed};
