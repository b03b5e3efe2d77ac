//! The rules of AWS, and its error codes.

use backoff_core::FailureKind;

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::request::Methods;
use crate::rules::rules::Rules;
use crate::rules::status::{StatusClass, StatusRule};

impl Rules<'_> {
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
}

/// The kind of failure that an AWS error code stands for; `None` for a code that says nothing about a retry.
///
/// The code is the `Code` of an XML error, the `__type` of a JSON error, or the header `x-amzn-ErrorType`. A
/// namespace before it, up to `#`, and an address behind it, from `:` on, are not part of it (Smithy, "AWS JSON
/// 1.1 protocol", operation error serialization).
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
    let code = code.split(':').next().unwrap_or(code);
    // Not by `rsplit`, in which a compiler leaves a path to a panic.
    let hash = code.bytes().rposition(|byte| byte == b'#');
    let name = hash.and_then(|hash| code.get(hash + 1..));
    match name.unwrap_or(code).trim() {
        "BandwidthLimitExceeded"
        | "EC2ThrottledException"
        | "LimitExceededException"
        | "PriorRequestNotComplete"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "ThrottledException"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "TransactionInProgressException" => Some(FailureKind::Throttled),
        "RequestTimeout" | "RequestTimeoutException" => Some(FailureKind::Transient),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_what_surrounds_it() {
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
            ("slowdown", None),
            ("AccessDenied", None),
            ("", None),
        ];
        for (code, expected) in cases {
            assert_eq!(aws_error_kind(code), expected, "{code}");
        }
    }
}
