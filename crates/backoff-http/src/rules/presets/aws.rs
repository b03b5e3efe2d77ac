//! The rules of AWS, and its error codes.

use backoff_core::FailureKind;

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::body::BodyField;
use crate::delay::{DelayField, DelayRules};
use crate::request::Methods;
use crate::rules::body_rule::BodyRule;
use crate::rules::error_name::error_name;
use crate::rules::header::HeaderRule;
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of the AWS SDKs' standard mode: 500, 502, 503, 504 and every connection error, for any method.
    ///
    /// AWS mostly throttles by a status of 400 and an error code. The code is read from the header `x-amzn-errortype`, and
    /// from the [body](BodyRule::AWS). The delay is that of `x-amz-retry-after`; the SDKs
    /// shorten it to at most 5 s more than their own delay. The SDKs make 3 attempts.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; botocore, `retries/standard.py`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let classify = |status| Rules::AWS_STANDARD.classify_response(post, status, &(), None);
    /// assert!(classify(500).is_retryable());
    /// assert!(!classify(429).is_retryable());
    ///
    /// let headers = [("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/")];
    /// let classification = Rules::AWS_STANDARD.classify_response(post, 400, &headers, None);
    /// assert_eq!(classification.to_string(), "throttled: header x-amzn-errortype");
    ///
    /// let body = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#;
    /// let classification = Rules::AWS_STANDARD.classify_with_body(post, 400, &(), body, None);
    /// assert_eq!(classification.to_string(), "throttled: body __type");
    /// ```
    pub const AWS_STANDARD: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(500, StatusClass::Transient),
            StatusRule::range(502, 504, StatusClass::Transient),
        ],
        EVERY_FAULT,
        &[
            HeaderRule::names(ERROR_TYPE, THROTTLED, FailureKind::Throttled),
            HeaderRule::names(ERROR_TYPE, TRANSIENT, FailureKind::Transient),
        ],
    )
    .and_bodies(BodyRule::AWS)
    .with_methods(Methods::ALL)
    .with_delays(DelayRules::NONE.with(DelayField::XAmzRetryAfter));
}

impl BodyRule {
    /// The error codes of AWS that are retried, in the bodies of its protocols.
    ///
    /// | protocol | the code is in | source |
    /// |---|---|---|
    /// | JSON 1.0 and 1.1, REST JSON | `__type` or `code` | Smithy, "AWS JSON 1.1 protocol", "Operation error serialization" |
    /// | REST XML, query, EC2 | `<Code>` | Smithy, "AWS restXml protocol", "AWS query protocol", "AWS EC2 query protocol" |
    pub const AWS: &'static [Self] = &[
        Self::names(BodyField::Json("__type"), THROTTLED, FailureKind::Throttled),
        Self::names(BodyField::Json("code"), THROTTLED, FailureKind::Throttled),
        Self::names(BodyField::Xml("Code"), THROTTLED, FailureKind::Throttled),
        Self::names(BodyField::Json("__type"), TRANSIENT, FailureKind::Transient),
        Self::names(BodyField::Json("code"), TRANSIENT, FailureKind::Transient),
        Self::names(BodyField::Xml("Code"), TRANSIENT, FailureKind::Transient),
    ];
}

/// Returns the kind of failure that an AWS error code means, or `None` for a code that says nothing about a retry.
///
/// The code is the `Code` of an XML error, the `__type` of a JSON error, or the header `x-amzn-ErrorType`. A namespace
/// before the code, up to `#`, and an address behind it, from `:` on, are ignored (Smithy, "AWS JSON 1.1 protocol",
/// operation error serialization).
///
/// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; botocore, `retries/standard.py`.
///
/// # Examples
///
/// ```
/// use backoff_http::{aws_error_kind, RequestInfo, HttpDate, Method, Rules};
/// use backoff_core::{Failure, FailureKind};
///
/// let classification = Rules::AWS_STANDARD.classify_response(RequestInfo::new(Method::Post), 400, &(), None);
/// let code = "com.amazonaws.dynamodb.v20120810#ThrottlingException";
/// let failure = aws_error_kind(code).map(Failure::new).or(classification.failure());
/// assert_eq!(failure, Some(Failure::throttled()));
/// ```
#[must_use]
pub fn aws_error_kind(code: &str) -> Option<FailureKind> {
    let name = error_name(code.as_bytes());
    let is_among = |names: &[&str]| names.iter().any(|known| known.as_bytes() == name);
    if is_among(THROTTLED) {
        Some(FailureKind::Throttled)
    } else if is_among(TRANSIENT) {
        Some(FailureKind::Transient)
    } else {
        None
    }
}

const ERROR_TYPE: &str = "x-amzn-errortype";

const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const TRANSIENT: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Method, RequestInfo};
    use backoff_core::Failure;

    #[test]
    fn a_code_is_found_between_its_namespace_and_its_address() {
        let cases = [
            ("SlowDown", Some(FailureKind::Throttled)),
            ("RequestTimeout", Some(FailureKind::Transient)),
            (
                "aws.protocoltests.restjson#ThrottlingException",
                Some(FailureKind::Throttled),
            ),
            (
                "ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.validate/",
                Some(FailureKind::Throttled),
            ),
            ("a.b#Throttling:http://c/d#e", Some(FailureKind::Throttled)),
            ("a#b#Throttling", Some(FailureKind::Throttled)),
            (" SlowDown ", Some(FailureKind::Throttled)),
            ("Throttling#", None),
            ("#", None),
            ("slowdown", None),
            ("AccessDenied", None),
            ("", None),
        ];
        for (code, expected) in cases {
            assert_eq!(aws_error_kind(code), expected, "{code}");
            let headers = [("X-Amzn-ErrorType", code)];
            let request = RequestInfo::new(Method::Post);
            let classification =
                Rules::AWS_STANDARD.classify_response(request, 400, &headers, None);
            let found = classification.failure().map(Failure::kind);
            let kind = expected.unwrap_or(FailureKind::Permanent);
            assert_eq!(found, Some(kind), "{code}");
        }
    }
}
