//! The rules of the SDKs that Stainless makes.

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::request::Methods;
use crate::rules::header::HeaderRule;
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of the SDKs that Stainless makes, such as those of `OpenAI` and Anthropic: 408, 409, 429, 5xx and
    /// every connection error, for any method. `x-should-retry` overrides them.
    ///
    /// The SDKs make 3 attempts, and give up if the server asks for more than 120 s, like the default policy. Of
    /// `retry-after-ms` and `Retry-After` the longer delay counts; the SDKs take the first. The SDKs give every request
    /// except `GET` an `Idempotency-Key`, so that a `POST` may be repeated.
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
    /// let headers = [("x-should-retry", "false")];
    /// assert!(!Rules::STAINLESS.classify_response(post, 409, &headers, None).is_retryable());
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
}
