//! The rules of Stripe.

use backoff_core::FailureKind;

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::rules::header::HeaderRule;
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of Stripe's SDKs: 409, 5xx and every connection error. `stripe-should-retry` overrides them, also for
    /// 429, which it tells apart by its cause.
    ///
    /// The SDKs give every `POST` an `Idempotency-Key`. Here, a `POST` without one is sent only once.
    ///
    /// Source: Stripe API reference, "Idempotent requests"; stripe-node, `RequestSender.ts`, `_shouldRetry`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post).with_idempotency_key();
    /// let is_retried = |status, told| {
    ///     let headers = [("stripe-should-retry", told)];
    ///     Rules::STRIPE.classify_response(post, status, &headers, None).is_retryable()
    /// };
    /// assert!(is_retried(409, "") && is_retried(429, "true"));
    /// assert!(!is_retried(500, "false") && !is_retried(429, ""));
    /// ```
    pub const STRIPE: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(409, StatusClass::Transient),
            StatusRule::range(500, 599, StatusClass::Transient),
        ],
        EVERY_FAULT,
        &[
            HeaderRule::is("stripe-should-retry", "true", FailureKind::Transient),
            HeaderRule::is("stripe-should-retry", "false", FailureKind::Permanent),
        ],
    )
    .with_delays(DelayRules::NONE.with(DelayField::RetryAfter));
}
