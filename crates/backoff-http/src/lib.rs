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
// `From` is not `const`, and the casts here widen.
#![allow(clippy::cast_lossless)]

#[cfg(any(test, feature = "std"))]
extern crate std;

mod body;
#[cfg(all(feature = "http-1", feature = "std"))]
mod client;
mod date;
mod delay;
mod evidence;
mod field;
mod mark;
mod request;
mod rules;

pub use body::BodyField;
#[cfg(feature = "uuid-1")]
pub use client::ensure_idempotency_key;
#[cfg(all(feature = "http-1", feature = "std"))]
pub use client::{Classified, ClientRules, Exchange, SharedHints, Target};
pub use date::{DateError, HttpDate};
pub use delay::{
    BodyDelay, DelayError, DelayField, DelayRules, LimitField, QuotaPolicy, ResetMeaning,
    RetryAfter, ServerDelay, ServiceLimit, Strictness,
};
pub use evidence::{ErrorChain, Evidence, Fault, Sent};
#[doc(hidden)]
pub use field::NameSet;
pub use field::{Headers, Lookup, lookup};
#[cfg(feature = "std")]
pub use mark::RetriesExhausted;
pub use mark::{ATTEMPT_HEADER, AttemptText, RetryMark, attempt};
pub use request::{Method, Methods, RequestInfo};
pub use rules::{
    BodyRule, Classification, ClassifiedBy, EnvoyRetryOn, FaultRule, GrpcRules, GrpcStatus,
    HeaderRule, Rules, StatusClass, StatusRule, aws_error_kind,
};
