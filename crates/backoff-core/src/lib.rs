#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::alloc_instead_of_core,
    clippy::float_arithmetic,
    clippy::std_instead_of_core
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// `From` is not `const`, and the casts here either widen or name the bits that they keep.
#![allow(clippy::cast_lossless, clippy::cast_possible_truncation)]
// A wing has one door, which only re-exports: its main type is in a file of the same name.
#![allow(clippy::module_inception)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "arbitrary-1")]
mod arbitrary;
pub mod budget;
mod classify;
mod decision;
mod delays;
mod duration_text;
mod failure;
mod jitter;
pub mod nanos;
mod policy;
mod progress;
mod ratio;
mod retry_state;
mod schedule;

pub use budget::{Account, Budget, CallEnd, PlannedRetry, Unlimited};
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use budget::{ConcurrencyBudget, RatioBudget, RequestBudget, ThrottleBudget, TokenBudget};
pub use classify::{
    Classifier, Classify, Errors, EveryError, Or, Outcomes, Values, Verdict, errors, outcomes,
    values,
};
pub use decision::{Decision, GiveUp};
pub use delays::Delays;
pub use failure::{Failure, FailureKind};
pub use jitter::{Jitter, Percent};
pub use policy::{DeadlineRule, DelayOrigin, HintRule, Policy, PolicyRef};
pub use progress::{Progress, ProgressError, SavedCall};
pub use retry_state::RetryState;
pub use schedule::{Constant, Exponential, Fibonacci, Linear, Schedule, Steps};
