//! The rules of Atlassian.

use crate::delay::{DelayField, DelayRules, ResetMeaning};
use crate::rules::rules::Rules;

impl Rules<'_> {
    /// The rules of Jira Cloud's REST API, and of others of Atlassian: [`DEFAULT`](Self::DEFAULT), with `Retry-After` and
    /// the moment in `X-RateLimit-Reset`, like `2026-01-02T00:01Z`.
    ///
    /// Source: Atlassian Developer, "Jira Cloud platform", "Rate limiting", "Rate limit responses".
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{HttpDate, Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let headers = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "2026-01-02T00:01Z")];
    /// let now = HttpDate::from_unix(1_767_312_000); // 2026-01-02T00:00:00Z
    /// let limited = Rules::ATLASSIAN.classify_response(post, 429, &headers, now);
    /// assert_eq!(limited.to_string(), "throttled: status 429, x-ratelimit-reset 60s");
    /// ```
    pub const ATLASSIAN: Self = Rules::DEFAULT.with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfter)
            .with_x_rate_limit_reset(ResetMeaning::Moment),
    );
}
