//! The rules of Google.

use backoff_core::FailureKind;

use super::tables::ACCEPTED;
use crate::body::BodyField;
use crate::delay::{BodyDelay, DelayRules, ResetMeaning};
use crate::evidence::{Fault, Sent};
use crate::rules::body_rule::BodyRule;
use crate::rules::fault::FaultRule;
use crate::rules::grpc::{GrpcRules, GrpcStatus};
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of Google's REST APIs: [`DEFAULT`](Self::DEFAULT), and what their bodies say. A 403 is a limit on the rate
    /// if its reason is one, and permanent otherwise. The delay of a `RetryInfo` is obeyed.
    ///
    /// Source: [`BodyRule::GOOGLE`], [`BodyDelay::GOOGLE`].
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let body = br#"{"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}"#;
    /// let limited = Rules::GOOGLE.classify_with_body(post, 403, &(), body, None);
    /// assert_eq!(limited.to_string(), "throttled: body error.errors[].reason");
    ///
    /// let body = br#"{"error": {"code": 429, "details": [{
    ///     "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.2s"}]}}"#;
    /// let limited = Rules::GOOGLE.classify_with_body(post, 429, &(), body, None);
    /// assert_eq!(limited.to_string(), "throttled: status 429, error.details[].retryDelay 1.2s");
    /// ```
    pub const GOOGLE: Self = Rules::DEFAULT
        .and_bodies(BodyRule::GOOGLE)
        .with_delays(DelayRules::DEFAULT.with_bodies(BodyDelay::GOOGLE));

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

impl BodyRule {
    /// The reasons of Google's APIs that tell limits on the rate from limits that a wait does not lift.
    ///
    /// | reason | kind | source |
    /// |---|---|---|
    /// | `rateLimitExceeded`, `userRateLimitExceeded` | throttled, for any method | Google Drive API, "Resolve errors": exponential backoff |
    /// | `dailyLimitExceeded` | permanent | Google Drive API, "Resolve errors": the quota of the project has to be raised |
    /// | `RATE_LIMIT_EXCEEDED` | throttled, for any method | `google/api/error_reason.proto`: not enough rate quota |
    /// | `RESOURCE_QUOTA_EXCEEDED` | permanent | `google/api/error_reason.proto`: not enough resource quota |
    pub const GOOGLE: &'static [Self] = &[
        Self::names(ERRORS, &["dailyLimitExceeded"], FailureKind::Permanent),
        Self::names(
            DETAILS,
            &["RESOURCE_QUOTA_EXCEEDED"],
            FailureKind::Permanent,
        ),
        Self::names(
            ERRORS,
            &["rateLimitExceeded", "userRateLimitExceeded"],
            FailureKind::Throttled,
        )
        .as_refusal(),
        Self::names(DETAILS, &["RATE_LIMIT_EXCEEDED"], FailureKind::Throttled).as_refusal(),
    ];
}

impl BodyDelay {
    /// The delay of a `google.rpc.RetryInfo`: "Clients should wait at least this long between retrying the same request"
    /// (`google/rpc/error_details.proto`). In JSON it is like `1.2s` (`google/protobuf/duration.proto`, "JSON Mapping").
    pub const GOOGLE: &'static [Self] = &[Self::new(
        BodyField::Json("error.details[].retryDelay"),
        ResetMeaning::Duration,
    )];
}

/// The reasons of the older form of errors.
const ERRORS: BodyField = BodyField::Json("error.errors[].reason");

/// The reason of a `google.rpc.ErrorInfo` (AIP-193).
const DETAILS: BodyField = BodyField::Json("error.details[].reason");
