//! The rules of Google.

use backoff_core::FailureKind;

use super::tables::ACCEPTED;
use crate::evidence::{Fault, Sent};
use crate::rules::fault::FaultRule;
use crate::rules::grpc::{GrpcRules, GrpcStatus};
use crate::rules::rules::Rules;
use crate::rules::status::{StatusClass, StatusRule};

impl Rules<'_> {
    /// Google's AIP-194, for JSON as for gRPC: `UNAVAILABLE` is retried, and nothing else.
    ///
    /// That is a status of 503, a `grpc-status` of 14, and a connection that could not be had, also in time, or
    /// broke. Another timeout is `DEADLINE_EXCEEDED`, as is a status of 504; 429 is `RESOURCE_EXHAUSTED`, 500 is
    /// `INTERNAL` (`google/rpc/code.proto`): none of them is retried.
    ///
    /// gRPC itself takes 429, 502, 503 and 504 without a `grpc-status` for `UNAVAILABLE`, since they come from a
    /// proxy on the way (gRPC, `doc/http-grpc-status-mapping.md`). Where all calls are those of gRPC,
    /// [`with_statuses`](Self::with_statuses) adds them.
    ///
    /// AIP-194 is about requests whose repetition does no harm. A gRPC call is a `POST`, so that it has to be
    /// [said](crate::RequestInfo::as_idempotent) of each such call.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, StatusClass, Method, Rules, StatusRule};
    ///
    /// let call = RequestInfo::new(Method::Post).as_idempotent();
    /// let unavailable = [("grpc-status", "14")];
    /// assert!(Rules::AIP_194.classify_response(call, 200, &unavailable, None).is_retryable());
    ///
    /// static GRPC: Rules = Rules::AIP_194.with_statuses(&[
    ///     StatusRule::one(429, StatusClass::Throttled),
    ///     StatusRule::range(502, 504, StatusClass::ThrottledIfHinted),
    /// ]);
    /// assert!(!Rules::AIP_194.classify_response(call, 502, &(), None).is_retryable());
    /// assert!(GRPC.classify_response(call, 502, &(), None).is_retryable());
    /// ```
    pub const AIP_194: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(503, StatusClass::ThrottledIfHinted),
        ],
        &[
            FaultRule::new(Fault::Connect, FailureKind::Transient),
            FaultRule::new(Fault::Dns, FailureKind::Transient),
            FaultRule::new(Fault::Refused, FailureKind::Transient),
            FaultRule::new(Fault::RefusedStream, FailureKind::Transient),
            FaultRule::new(Fault::Reset, FailureKind::Transient),
            FaultRule::new(Fault::Timeout, FailureKind::Transient).when(Sent::Never),
        ],
        &[],
    )
    .with_grpc(GrpcRules::NONE.with(GrpcStatus::Unavailable));
}
