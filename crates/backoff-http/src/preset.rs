//! Rules of well-known systems.

use backoff_core::FailureKind;

use crate::delay_rules::{DelayField, DelayRules, Strictness};
use crate::evidence::{Fault, Sent};
use crate::fault_rule::{self, FaultRule};
use crate::grpc::{GrpcRules, GrpcStatus};
use crate::header_rule::HeaderRule;
use crate::method::{Method, Methods};
use crate::rules::Rules;
use crate::status::{self, StatusClass, StatusRule};

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

    /// The standard mode of the AWS SDKs: 500, 502, 503, 504 and every fault of the connection, for any method.
    ///
    /// Most throttling of AWS comes with a status of 400 and a code in the body: see
    /// [`aws_error_kind`](crate::aws_error_kind). The delay is that of `x-amz-retry-after`, as the server gives
    /// it; the SDKs shorten it to 5 s beyond their own. They make 3 attempts.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; botocore, `retries/standard.py`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let judge = |status| Rules::AWS_STANDARD.classify_response(RequestInfo::new(Method::Post), status, &(), None);
    /// assert!(judge(500).is_retryable());
    /// assert!(!judge(429).is_retryable());
    /// ```
    pub const AWS_STANDARD: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(500, StatusClass::Transient),
            StatusRule::range(502, 504, StatusClass::Transient),
        ],
        EVERY_FAULT,
        &[],
    )
    .with_methods(Methods::ALL)
    .with_delays(DelayRules::NONE.with(DelayField::XAmzRetryAfter));

    /// RFC 9110 to the letter: the statuses, faults and methods of [`DEFAULT`](Self::DEFAULT), `Retry-After` in
    /// whole seconds or as a date, and no other field.
    ///
    /// The rules for firmware: a field that a `static` of these does not read costs no flash.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let get = RequestInfo::new(Method::Get);
    /// let headers = [("retry-after-ms", "500"), ("Retry-After", "1")];
    /// let classification = Rules::RFC_9110.classify_response(get, 503, &headers, None);
    /// assert_eq!(classification.to_string(), "throttled: status 503, retry-after 1s");
    /// ```
    pub const RFC_9110: Self = Rules::of(status::BY_DEFAULT, fault_rule::BY_DEFAULT, &[])
        .with_delays(
            DelayRules::NONE
                .with(DelayField::RetryAfter)
                .with_strictness(Strictness::Strict),
        );

    /// The SDKs that Stainless makes, such as those of `OpenAI` and Anthropic: 408, 409, 429, 5xx and every fault
    /// of the connection, for any method, and `x-should-retry` before all.
    ///
    /// They make 3 attempts, and give up where a delay of over 120 s is asked for, as does the default policy; one of
    /// over 10^9 s, 31 years, is ignored here, and the schedule decides.
    /// They give each request that is no `GET` an `Idempotency-Key`, which makes repeating a `POST` safe.
    ///
    /// Source: openai-python, `_base_client.py`, `_should_retry` and `_parse_retry_after_header`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post).with_idempotency_key();
    /// assert!(Rules::STAINLESS.classify_response(post, 409, &(), None).is_retryable());
    /// let told = [("x-should-retry", "false")];
    /// assert!(!Rules::STAINLESS.classify_response(post, 409, &told, None).is_retryable());
    /// ```
    pub const STAINLESS: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(408, StatusClass::Transient),
            StatusRule::one(409, StatusClass::Transient),
            StatusRule::one(429, StatusClass::Throttled),
            StatusRule::range(500, u16::MAX, StatusClass::Transient),
        ],
        EVERY_FAULT,
        HeaderRule::SHOULD_RETRY,
    )
    .with_methods(Methods::ALL)
    .with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfterMs)
            .with(DelayField::RetryAfter),
    );

    /// The defaults of urllib3, and so of Python's requests: 413, 429 and 503 if they have a `Retry-After`, and
    /// every fault of the connection, for idempotent methods.
    ///
    /// What urllib3 calls `status_forcelist` is [`with_statuses`](Self::with_statuses), and `allowed_methods`
    /// [`with_methods`](Self::with_methods). It makes 11 attempts and shortens a `Retry-After` to 6 hours.
    ///
    /// Source: urllib3, `util/retry.py`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let get = RequestInfo::new(Method::Get);
    /// let hint = [("Retry-After", "1")];
    /// assert!(Rules::URLLIB3.classify_response(get, 503, &hint, None).is_retryable());
    /// assert!(!Rules::URLLIB3.classify_response(get, 503, &(), None).is_retryable());
    /// ```
    pub const URLLIB3: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(413, StatusClass::ThrottledOnlyIfHinted),
            StatusRule::one(429, StatusClass::ThrottledOnlyIfHinted),
            StatusRule::one(503, StatusClass::ThrottledOnlyIfHinted),
        ],
        EVERY_FAULT,
        &[],
    )
    .with_methods(Methods::IDEMPOTENT.without(Method::Query))
    .with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfter)
            .without_fractions(),
    );
}

pub(crate) const ACCEPTED: StatusRule = StatusRule::range(100, 399, StatusClass::Accepted);

/// Systems that tell no fault of a connection from another. What is wrong with the request itself is none.
pub(crate) const EVERY_FAULT: &[FaultRule] = &[
    FaultRule::new(Fault::Certificate, FailureKind::Transient),
    FaultRule::new(Fault::Connect, FailureKind::Transient),
    FaultRule::new(Fault::Dns, FailureKind::Transient),
    FaultRule::new(Fault::Other, FailureKind::Transient),
    FaultRule::new(Fault::Protocol, FailureKind::Transient),
    FaultRule::new(Fault::Refused, FailureKind::Transient),
    FaultRule::new(Fault::RefusedStream, FailureKind::Transient),
    FaultRule::new(Fault::Reset, FailureKind::Transient),
    FaultRule::new(Fault::Timeout, FailureKind::Transient),
];
