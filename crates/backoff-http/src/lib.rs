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

mod aws;
mod calendar;
mod call;
mod classification;
mod date_form;
mod delay_error;
mod delay_rules;
mod envoy;
#[cfg(feature = "std")]
mod error_chain;
mod evidence;
mod fault_rule;
mod field;
#[cfg(feature = "std")]
mod given_up;
mod grpc;
mod header_rule;
mod headers;
mod http_date;
mod lenient_date;
mod method;
mod names;
mod preset;
mod rate_limit;
mod retried;
mod retry_after;
mod rules;
mod server_delay;
mod status;
mod structured;
#[cfg(feature = "std")]
mod system_time;
mod zone;

pub use aws::aws_error_kind;
pub use call::RequestInfo;
pub use classification::{Classification, ClassifiedBy};
pub use delay_error::DelayError;
pub use delay_rules::{DelayField, DelayRules, ResetMeaning, Strictness};
pub use envoy::EnvoyRetryOn;
pub use evidence::{Evidence, Fault, Sent};
pub use fault_rule::FaultRule;
#[cfg(feature = "std")]
pub use given_up::RetriesExhausted;
pub use grpc::{GrpcRules, GrpcStatus};
pub use header_rule::HeaderRule;
pub use headers::{Headers, Lookup, lookup};
pub use http_date::{DateError, HttpDate};
pub use method::{Method, Methods};
pub use rate_limit::{QuotaPolicy, ServiceLimit};
pub use retried::{ATTEMPT_HEADER, AttemptText, RetryMark, attempt};
pub use retry_after::RetryAfter;
pub use rules::Rules;
pub use server_delay::ServerDelay;
pub use status::{StatusClass, StatusRule};
