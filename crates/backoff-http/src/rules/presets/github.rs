//! The rules of GitHub.

use core::time::Duration;

use backoff_core::FailureKind;

use super::tables::ACCEPTED;
use crate::body::BodyField;
use crate::delay::{DelayField, DelayRules, ResetMeaning};
use crate::rules::body_rule::BodyRule;
use crate::rules::fault;
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

impl Rules<'_> {
    /// The rules of GitHub's REST API: a limit is 403 or 429 with `Retry-After`, or with `X-RateLimit-Remaining: 0` and
    /// the moment of the reset. It refuses a request before it is processed, so any method is repeated.
    ///
    /// A 403 without such a hint is about permissions, and permanent, unless the [body](BodyRule::GITHUB) names a secondary
    /// limit. A 429 without a hint waits by the schedule. Beside
    /// the limits, 408, 500, 502 to 504 and the faults of [`DEFAULT`](Self::DEFAULT) are retried, for idempotent methods.
    ///
    /// The reset of the primary limit is up to an hour ahead. The default policy gives up then; raise its `max_hint` and
    /// its deadline if you want to wait.
    ///
    /// Source: GitHub Docs, "Rate limits for the REST API", "Exceeding the rate limit"; "Troubleshooting the REST API", "Rate
    /// limit errors".
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{HttpDate, Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let limited = Rules::GITHUB.classify_response(post, 403, &[("Retry-After", "60")], None);
    /// assert_eq!(limited.to_string(), "throttled: status 403, retry-after 60s");
    /// assert!(!Rules::GITHUB.classify_response(post, 403, &(), None).is_retryable());
    /// ```
    pub const GITHUB: Self = Rules::of(
        &[
            ACCEPTED,
            StatusRule::one(403, StatusClass::ThrottledOnlyIfHinted).as_refusal(),
            StatusRule::one(408, StatusClass::Transient),
            StatusRule::one(429, StatusClass::Throttled).as_refusal(),
            StatusRule::one(500, StatusClass::Doubtful),
            StatusRule::one(502, StatusClass::Transient),
            StatusRule::one(503, StatusClass::ThrottledIfHinted),
            StatusRule::one(504, StatusClass::Transient),
        ],
        fault::BY_DEFAULT,
        &[],
    )
    .with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfter)
            .with_x_rate_limit_reset(ResetMeaning::Epoch),
    )
    .and_bodies(BodyRule::GITHUB);
}

impl BodyRule {
    /// A secondary limit of GitHub, which only the `message` names: throttled, not before a minute, for any method.
    ///
    /// Source: GitHub Docs, "Troubleshooting the REST API", "Rate limit errors": without a hint, "wait for at least one
    /// minute before retrying".
    pub const GITHUB: &'static [Self] = &[Self::mentions(
        BodyField::Json("message"),
        "secondary rate limit",
        FailureKind::Throttled,
    )
    .as_refusal()
    .with_min_delay(Duration::from_secs(60))];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::HttpDate;
    use crate::request::{Method, RequestInfo};
    use backoff_core::Failure;
    use std::vec;

    #[test]
    fn a_403_is_a_limit_only_if_it_says_so() {
        const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);
        let (after, reset) = (("retry-after", "60"), ("x-ratelimit-reset", "1767312030"));
        let (none_left, some_left) = (
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-remaining", "41"),
        );
        let cases = [
            (403, vec![after], Some(60)),
            (403, vec![some_left, reset, after], Some(60)),
            (403, vec![none_left, reset], Some(30)),
            (403, vec![some_left, reset], None),
            (403, vec![], None),
            (429, vec![none_left, reset], Some(30)),
            (404, vec![after], None),
        ];
        for (status, headers, expected) in cases {
            let post = RequestInfo::new(Method::Post);
            let lines = headers.as_slice();
            let classification = Rules::GITHUB.classify_response(post, status, lines, NOW);
            let delay = classification.failure().and_then(Failure::retry_after);
            assert_eq!(
                delay,
                expected.map(Duration::from_secs),
                "{status} {headers:?}"
            );
            assert_eq!(
                classification.is_retryable(),
                expected.is_some(),
                "{status} {headers:?}"
            );
        }
        let post = RequestInfo::new(Method::Post);
        let unhinted = Rules::GITHUB.classify_response(post, 429, &(), NOW);
        assert!(unhinted.is_retryable());
        let broken = Rules::GITHUB.classify_response(post, 503, &[after], NOW);
        assert!(!broken.is_retryable(), "it may have been processed");
    }
}
