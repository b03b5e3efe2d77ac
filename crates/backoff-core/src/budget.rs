//! Limits on the retries of many calls together.
//!
//! A policy bounds the retries of one call. When a service is down, every call fails, and a fleet that makes
//! five attempts per call sends it five times the load. A budget is shared by all calls to that service and
//! bounds their retries together.
//!
//! | budget | allows |
//! |---|---|
//! | [`ConcurrencyBudget`] | retries by a share of the calls in flight, and by a few in any case (Envoy's retry budget) |
//! | [`RatioBudget`] | retries of a share of the calls in a sliding window, and some retries per second in any case (Finagle's retry budget) |
//! | [`RequestBudget`] | a number of retries and an amount of waiting, for all calls that serve one request |
//! | [`ThrottleBudget`] | retries while more than half of the tokens are left (gRPC's retry throttling) |
//! | [`TokenBudget`] | retries that are paid in tokens, which successes give back (the standard mode of the AWS SDKs) |
//! | [`Unlimited`] | every retry; takes no space |
//!
//! Every budget has a `const` constructor and lives in a `static` or on the stack. Tasks and threads share it by
//! reference, without an allocator and without a lock. Budgets count in integers: a ratio of 3 to 10 allows
//! exactly 300 retries for 1,000 calls. A retry is charged before its wait, because calls that wait are load that
//! is about to arrive.
//!
//! # How to ask a budget
//!
//! Drivers take a budget by `with_budget`. Without a driver, open an [`Account`] per call. It gives back what the
//! call still holds when it is dropped:
//!
//! ```
//! # #[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))] {
//! use backoff_core::{Account, CallEnd, Decision, Failure, GiveUp, PlannedRetry, Policy, TokenBudget};
//! use core::time::Duration;
//!
//! static POLICY: Policy = Policy::DEFAULT;
//! static BUDGET: TokenBudget = TokenBudget::aws_2_1();
//!
//! # fn uptime() -> Duration { Duration::ZERO }
//! # fn random() -> u32 { 7 }
//! # fn wait(_: Duration) {}
//! # let mut failures = 1;
//! # let mut publish = || if failures == 0 { true } else { failures -= 1; false };
//! let (mut retry, mut account) = (POLICY.start(), Account::new(&BUDGET));
//! let began = uptime();
//! account.begin(began);
//! let end = loop {
//!     if publish() {
//!         break CallEnd::Succeeded;
//!     }
//!     let (now, failure) = (uptime(), Failure::transient());
//!     match retry.on_failure(now - began, failure, random()) {
//!         Decision::GiveUp(reason) => break CallEnd::GaveUp(reason),
//!         Decision::Retry { after } if account.withdraw(&PlannedRetry::new(now, failure, after)) => wait(after),
//!         Decision::Retry { .. } => break CallEnd::GaveUp(GiveUp::Budget),
//!     }
//! };
//! account.end(end);
//! # assert_eq!((end, BUDGET.tokens()), (CallEnd::Succeeded, 500));
//! # }
//! ```
//!
//! # Targets without compare-and-swap
//!
//! Some targets have no atomic compare-and-swap (thumbv6m, riscv32imc). There, every budget except [`Unlimited`]
//! needs the feature `portable-atomic-1`. The final binary chooses how the operation is emulated: by
//! `portable-atomic`'s feature `critical-section`, or by its assumption of a single core.

mod account;
mod budget;
mod call_end;
mod pair;
mod planned_retry;
#[cfg(feature = "alloc")]
mod pointers;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
mod shared;
mod unlimited;

pub use account::Account;
pub use budget::Budget;
pub use call_end::CallEnd;
pub use planned_retry::PlannedRetry;
#[cfg(any(target_has_atomic = "32", feature = "portable-atomic-1"))]
pub use shared::*;
pub use unlimited::Unlimited;
