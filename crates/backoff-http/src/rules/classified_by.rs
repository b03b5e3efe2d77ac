//! What decided a classification.

use core::fmt;

use super::grpc::GrpcStatus;
use crate::body::BodyField;
use crate::evidence::Evidence;
use crate::request::Method;

/// What decided a [`Classification`](crate::Classification).
///
/// # Examples
///
/// ```
/// use backoff_http::{Method, ClassifiedBy};
///
/// let classified_by = ClassifiedBy::Unrepeatable(Method::Post);
/// assert_eq!(classified_by.to_string(), "POST without an Idempotency-Key is not repeated");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClassifiedBy {
    /// An inner layer has retried already.
    AlreadyRetried,
    /// A [rule](crate::BodyRule) about what the body says at this place.
    Body(BodyField),
    /// No complete response arrived.
    Evidence(Evidence),
    /// The gRPC status of the response.
    GrpcStatus(GrpcStatus),
    /// A [rule](crate::HeaderRule) about the header with this name.
    Header(&'static str),
    /// The body of the response is longer than the caller accepts.
    LongBody,
    /// `grpc-retry-pushback-ms` forbids a retry.
    Pushback,
    /// The body of the request can be sent only once.
    SpentBody,
    /// The status of the response.
    Status(u16),
    /// The request may have been processed, its method is not idempotent, and it has no `Idempotency-Key`.
    Unrepeatable(Method),
}

impl fmt::Display for ClassifiedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRetried => f.write_str("retried already"),
            Self::Body(field) => write!(f, "body {field}"),
            Self::Evidence(evidence) => evidence.fmt(f),
            Self::GrpcStatus(status) => write!(f, "gRPC status {status}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::LongBody => f.write_str("the body of the response is too long"),
            Self::Pushback => f.write_str("grpc-retry-pushback-ms asks for no retry"),
            Self::SpentBody => f.write_str("the body of the request can be sent only once"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Unrepeatable(method) => {
                write!(f, "{method} without an Idempotency-Key is not repeated")
            }
        }
    }
}
