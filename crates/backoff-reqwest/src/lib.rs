#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod body;
mod call;
mod client;
mod client_builder;
mod error;
mod evidence;
mod host;
mod idempotency_key;
mod observers;
mod outcome;
mod report;
mod request_builder;
#[cfg(feature = "reqwest-middleware-0-5")]
mod retry_middleware;
mod scope;
mod sender;
mod settings;
mod transport;

pub use attempt::{BoxError, HookError, no_retries, redirects};
#[doc(no_inline)]
pub use backoff_http::{
    ATTEMPT_HEADER, Classification, ClassifiedBy, Evidence, Exchange, Fault, RetryMark, Rules,
    Sent, SharedHints, StatusClass, StatusRule, Target,
};
#[cfg(feature = "tracing-0-1")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing-0-1")))]
#[doc(no_inline)]
pub use backoff_tokio::Tracing;
#[doc(no_inline)]
pub use backoff_tokio::{
    Budget, Completion, ConcurrencyBudget, Counters, Describe, Event, GiveUp, Jitter, Observe,
    Policy, RatioBudget, RequestBudget, ThrottleBudget, TokenBudget, Unlimited,
};
pub use body::BodyTooLong;
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use error::Error;
pub use host::{Budgets, HeldBack, HostBudgets, HostCallBudget};
pub use report::Report;
pub use request_builder::RequestBuilder;
#[doc(no_inline)]
pub use reqwest;
#[cfg(feature = "reqwest-middleware-0-5")]
pub use retry_middleware::RetryMiddleware;
