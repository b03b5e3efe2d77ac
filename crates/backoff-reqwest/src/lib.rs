#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod error;
mod hops;
mod key;
#[cfg(feature = "reqwest-middleware-0-5")]
mod middleware;
mod report;
mod request;
mod response;
mod retries;

#[doc(no_inline)]
pub use backoff_http::{
    ATTEMPT_HEADER, Classification, ClassifiedBy, Evidence, Fault, RetryMark, Rules, Sent,
    StatusClass, StatusRule,
};
#[doc(no_inline)]
pub use backoff_tokio::{
    Budget, Completion, ConcurrencyBudget, GiveUp, Jitter, Policy, RatioBudget, RequestBudget,
    ThrottleBudget, TokenBudget, Unlimited,
};
pub use client::Client;
pub use error::Error;
pub use hops::no_retries;
pub use report::Report;
pub use request::RequestBuilder;
#[doc(no_inline)]
pub use reqwest;
pub use retries::Retries;
