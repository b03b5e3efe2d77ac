#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod box_error;
mod buffer;
mod call;
mod failed_response;
mod future;
mod layer;
mod replay;
mod service;
mod settings;

#[doc(no_inline)]
pub use backoff_http::{
    ATTEMPT_HEADER, Classification, Evidence, Fault, GrpcRules, GrpcStatus, RetriesExhausted,
    RetryMark, Rules,
};
#[doc(no_inline)]
pub use backoff_tokio::{Budget, Event, Jitter, Policy, RatioBudget, TokenBudget, Tokio};
pub use box_error::BoxError;
pub use buffer::{Buffer, BufferFuture, BufferLayer, Buffered};
pub use failed_response::FailedResponse;
pub use future::ResponseFuture;
pub use layer::RetryLayer;
pub use replay::{Cloned, Replay};
pub use service::Retry;
