#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod call;
mod client;
mod client_builder;
mod error;
mod error_for_status;
mod outcome;
mod payload;
mod redirect;
mod report;
mod request_builder;
mod response;
mod scope;
mod sender;
mod settings;

#[doc(no_inline)]
pub use backoff_http::{
    ATTEMPT_HEADER, Classification, ClassifiedBy, Evidence, Exchange, Fault, RetryMark, Rules,
    Sent, StatusClass, StatusRule,
};
#[doc(no_inline)]
pub use backoff_std::{
    Budget, Completion, ConcurrencyBudget, Event, GiveUp, Jitter, Policy, RatioBudget,
    RequestBudget, ThrottleBudget, TokenBudget, Unlimited,
};
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use error::Error;
pub use error_for_status::ErrorForStatus;
pub use payload::Payload;
pub use report::Report;
pub use request_builder::RequestBuilder;
#[doc(no_inline)]
pub use ureq;
