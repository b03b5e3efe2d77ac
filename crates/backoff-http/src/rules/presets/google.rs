//! The rules of Google.

use backoff_core::FailureKind;

use super::tables::ACCEPTED;
use crate::evidence::{Fault, Sent};
use crate::rules::fault::FaultRule;
use crate::rules::grpc::{GrpcRules, GrpcStatus};
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of Google's AIP-194, for JSON and for gRPC: only `UNAVAILABLE` is retried.
    ///
    /// `UNAVAILABLE` is a status of 503, a `grpc-status` of 14, and a connection that failed, timed out or broke. By
    /// `google/rpc/code.proto`, a request that timed out and a status of 504 are `DEADLINE_EXCEEDED`, 429 is
    /// `RESOURCE_EXHAUSTED` and 500 is `INTERNAL`. None of these is retried.
    ///
    /// gRPC itself maps 429, 502, 503 and 504 without a `grpc-status` to `UNAVAILABLE`, because they come from a proxy
    /// (gRPC, `doc/http-grpc-status-mapping.md`). If you only make gRPC calls, add them by
    /// [`with_statuses`](Self::with_statuses).
    ///
    /// AIP-194 is about requests that may be repeated. A gRPC call is a `POST`, so each call that may be repeated needs
    /// [`RequestInfo::as_idempotent`](crate::RequestInfo::as_idempotent).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, StatusClass, Method, Rules, StatusRule};
    ///
    /// let request = RequestInfo::new(Method::Post).as_idempotent();
    /// let unavailable = [("grpc-status", "14")];
    /// assert!(Rules::AIP_194.classify_response(request, 200, &unavailable, None).is_retryable());
    ///
    /// static GRPC: Rules = Rules::AIP_194.with_statuses(&[
    ///     StatusRule::one(429, StatusClass::Throttled),
    ///     StatusRule::range(502, 504, StatusClass::ThrottledIfHinted),
    /// ]);
    /// assert!(!Rules::AIP_194.classify_response(request, 502, &(), None).is_retryable());
    /// assert!(GRPC.classify_response(request, 502, &(), None).is_retryable());
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
            FaultRule::new(Fault::TlsAlert, FailureKind::Transient),
        ],
        &[],
    )
    .with_grpc(GrpcRules::NONE.with(GrpcStatus::Unavailable));
}
