//! The rules of the SDKs that Stainless makes.

use backoff_core::FailureKind;

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::body::BodyField;
use crate::delay::{DelayField, DelayRules, LimitField, ResetMeaning};
use crate::request::Methods;
use crate::rules::body_rule::BodyRule;
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

    /// The rules of the SDKs for Anthropic's API: [`STAINLESS`](Self::STAINLESS), and the moments at which its limits are
    /// reset.
    ///
    /// Source: Anthropic, "Rate limits", "Response headers".
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{HttpDate, Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let headers = [
    ///     ("anthropic-ratelimit-requests-remaining", "0"),
    ///     ("anthropic-ratelimit-requests-reset", "2023-09-29T16:27:07Z"),
    ///     ("anthropic-ratelimit-tokens-remaining", "12000"),
    ///     ("anthropic-ratelimit-tokens-reset", "2023-09-29T16:59:00Z"),
    /// ];
    /// let now = HttpDate::from_unix(1_696_004_797);
    /// let limited = Rules::ANTHROPIC.classify_response(post, 429, &headers, now);
    /// assert_eq!(limited.to_string(), "throttled: status 429, anthropic-ratelimit-requests-reset 30s");
    /// ```
    pub const ANTHROPIC: Self = Self::STAINLESS.with_delays(
        Self::STAINLESS.delays().with_limits(&[
            LimitField::new("anthropic-ratelimit-requests-reset", ResetMeaning::Moment)
                .with_remaining("anthropic-ratelimit-requests-remaining"),
            LimitField::new("anthropic-ratelimit-tokens-reset", ResetMeaning::Moment)
                .with_remaining("anthropic-ratelimit-tokens-remaining"),
            LimitField::new(
                "anthropic-ratelimit-input-tokens-reset",
                ResetMeaning::Moment,
            )
            .with_remaining("anthropic-ratelimit-input-tokens-remaining"),
            LimitField::new(
                "anthropic-ratelimit-output-tokens-reset",
                ResetMeaning::Moment,
            )
            .with_remaining("anthropic-ratelimit-output-tokens-remaining"),
        ]),
    );

    /// The rules of the SDKs for `OpenAI`'s API: [`STAINLESS`](Self::STAINLESS), and the times until its limits are reset.
    ///
    /// A 429 because the account has no credit left is permanent, which only the [body](BodyRule::OPENAI) says.
    ///
    /// Source: `OpenAI`, "Rate limits", "Rate limits in headers"; "Error codes".
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let headers = [
    ///     ("x-ratelimit-remaining-requests", "0"),
    ///     ("x-ratelimit-reset-requests", "6m0s"),
    ///     ("x-ratelimit-remaining-tokens", "149984"),
    ///     ("x-ratelimit-reset-tokens", "6ms"),
    /// ];
    /// let limited = Rules::OPENAI.classify_response(post, 429, &headers, None);
    /// assert_eq!(limited.to_string(), "throttled: status 429, x-ratelimit-reset-requests 360s");
    /// ```
    pub const OPENAI: Self = Self::STAINLESS
        .with_delays(
            Self::STAINLESS.delays().with_limits(&[
                LimitField::new("x-ratelimit-reset-requests", ResetMeaning::Duration)
                    .with_remaining("x-ratelimit-remaining-requests"),
                LimitField::new("x-ratelimit-reset-tokens", ResetMeaning::Duration)
                    .with_remaining("x-ratelimit-remaining-tokens"),
            ]),
        )
        .and_bodies(BodyRule::OPENAI);
}

impl BodyRule {
    /// The error of `OpenAI`, and of APIs like it, that a wait does not repair: `insufficient_quota` in `error.code` or
    /// `error.type`. The account has no credit left, although the status is 429.
    ///
    /// Source: `OpenAI`, "Error codes", "You exceeded your current quota". The code may be `null`; then only the type says
    /// it.
    pub const OPENAI: &'static [Self] = &[
        Self::names(
            BodyField::Json("error.code"),
            &["insufficient_quota"],
            FailureKind::Permanent,
        ),
        Self::names(
            BodyField::Json("error.type"),
            &["insufficient_quota"],
            FailureKind::Permanent,
        ),
    ];
}
