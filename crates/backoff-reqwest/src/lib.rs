#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod client_builder;
mod error;
mod hops;
mod idempotency_key;
mod outcome;
mod report;
mod request_builder;
mod response;
#[cfg(feature = "reqwest-middleware-0-5")]
mod retry_middleware;
mod scope;
mod sender;
mod settings;
mod transport;

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
pub use client_builder::ClientBuilder;
pub use error::Error;
pub use hops::no_retries;
pub use report::Report;
pub use request_builder::RequestBuilder;
#[doc(no_inline)]
pub use reqwest;
#[cfg(feature = "reqwest-middleware-0-5")]
pub use retry_middleware::RetryMiddleware;
