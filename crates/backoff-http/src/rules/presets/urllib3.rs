//! The rules of urllib3.

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::delay::{DelayField, DelayRules};
use crate::request::{Method, Methods};
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The default rules of urllib3: 413, 429 and 503 if they have a `Retry-After`, and every connection error, for
    /// idempotent methods.
    ///
    /// urllib3's `status_forcelist` is [`with_statuses`](Self::with_statuses), and its `allowed_methods` is
    /// [`with_methods`](Self::with_methods). urllib3 makes 11 attempts, and shortens a `Retry-After` to 6 hours.
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
