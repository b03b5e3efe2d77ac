#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod any_request;
mod attempt;
mod box_error;
mod buffer;
mod call;
mod failed_response;
mod future;
mod http_request;
mod layer;
mod peek;
mod protocol;
mod replay;
mod service;
mod settings;

pub use any_request::{AnyRequest, Attempted};
#[doc(no_inline)]
pub use backoff_http::{
    ATTEMPT_HEADER, Classification, Evidence, Exchange, Fault, GrpcRules, GrpcStatus,
    RetriesExhausted, RetryMark, Rules,
};
#[doc(no_inline)]
pub use backoff_tokio::{Budget, Event, Jitter, Policy, RatioBudget, TokenBudget, Tokio};
pub use box_error::BoxError;
pub use buffer::{Buffer, BufferFuture, BufferLayer, Buffered};
pub use failed_response::FailedResponse;
pub use future::ResponseFuture;
pub use http_request::Http;
pub use layer::RetryLayer;
pub use peek::{Peek, PeekFuture, PeekLayer};
pub use replay::{Cloned, Replay};
pub use service::Retry;
