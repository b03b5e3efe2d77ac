//! The rules of Slack.

use backoff_core::FailureKind;

use crate::body::BodyField;
use crate::rules::body_rule::BodyRule;
use crate::rules::rules::Rules;

impl Rules<'_> {
    /// The rules of Slack's Web API: [`DEFAULT`](Self::DEFAULT), and the [errors](BodyRule::SLACK) that come with a status
    /// of 200.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let limited = Rules::SLACK.classify_response(post, 429, &[("Retry-After", "30")], None);
    /// assert_eq!(limited.to_string(), "throttled: status 429, retry-after 30s");
    ///
    /// let json = [("content-type", "application/json")];
    /// let body = br#"{"ok":false,"error":"ratelimited"}"#;
    /// let limited = Rules::SLACK.classify_with_body(post, 200, &json, body, None);
    /// assert_eq!(limited.to_string(), "throttled: body error");
    /// ```
    pub const SLACK: Self = Rules::DEFAULT
        .and_bodies(BodyRule::SLACK)
        .reading_every_response();
}

impl BodyRule {
    /// The errors of Slack that say something about a retry, in `error`. Others leave the decision to the status.
    ///
    /// | error | kind | why, by the reference of the methods of Slack's Web API, "Errors" |
    /// |---|---|---|
    /// | `ratelimited`, `rate_limited` | throttled, for any method | the request has been limited |
    /// | `service_unavailable` | transient | the service is temporarily unavailable |
    /// | `internal_error`, `fatal_error` | doubtful | "It's possible some aspect of the operation succeeded" |
    pub const SLACK: &'static [Self] = &[
        Self::names(
            ERROR,
            &["rate_limited", "ratelimited"],
            FailureKind::Throttled,
        )
        .as_refusal(),
        Self::names(ERROR, &["service_unavailable"], FailureKind::Transient),
        Self::names(
            ERROR,
            &["fatal_error", "internal_error"],
            FailureKind::Doubtful,
        ),
    ];
}

const ERROR: BodyField = BodyField::Json("error");
