//! The rules of Azure.

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of the Azure SDKs: 408, 429, 500, 502, 503, 504 and every connection error, for idempotent methods; and
    /// 449 of Cosmos DB, which is safe to retry. The delay is that of `retry-after-ms`, `x-ms-retry-after-ms` or
    /// `Retry-After`.
    ///
    /// Some of the SDKs repeat any method. Here, a `POST` that may have been processed is sent only once.
    ///
    /// Source: azure-core for Python, `policies/_retry.py` and `policies/_utils.py`; Azure Cosmos DB REST reference, "HTTP
    /// status codes".
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let busy = Rules::AZURE.classify_response(post, 429, &[("x-ms-retry-after-ms", "250")], None);
    /// assert_eq!(busy.to_string(), "throttled: status 429, x-ms-retry-after-ms 250ms");
    /// assert!(!Rules::AZURE.classify_response(post, 503, &(), None).is_retryable());
    /// ```
    pub const AZURE: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(408, StatusClass::Transient),
            StatusRule::one(429, StatusClass::Throttled).as_refusal(),
            StatusRule::one(449, StatusClass::Transient).as_refusal(),
            StatusRule::one(500, StatusClass::Transient),
            StatusRule::one(502, StatusClass::Transient),
            StatusRule::one(503, StatusClass::ThrottledIfHinted),
            StatusRule::one(504, StatusClass::Transient),
        ],
        EVERY_FAULT,
        &[],
    )
    .with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfterMs)
            .with(DelayField::XMsRetryAfterMs)
            .with(DelayField::RetryAfter),
    );
}
