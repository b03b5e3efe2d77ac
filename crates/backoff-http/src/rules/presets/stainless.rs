//! The rules of the SDKs that Stainless makes.

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::request::Methods;
use crate::rules::header::HeaderRule;
use crate::rules::rules::Rules;
use crate::rules::status::{StatusClass, StatusRule};

impl Rules<'_> {
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
}
