//! The rules of GraphQL servers.

use backoff_core::FailureKind;

use crate::body::BodyField;
use crate::rules::body_rule::BodyRule;
use crate::rules::rules::Rules;

impl Rules<'_> {
    /// The rules for GraphQL over HTTP: [`DEFAULT`](Self::DEFAULT), and the [errors](BodyRule::GRAPHQL) that come with a
    /// status of 200.
    ///
    /// A query is mostly sent by `POST`. Say that it may be repeated by
    /// [`RequestInfo::as_idempotent`](crate::RequestInfo::as_idempotent); a mutation may not.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let query = RequestInfo::new(Method::Post).as_idempotent();
    /// let json = [("content-type", "application/json")];
    /// let body = br#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#;
    /// assert!(Rules::GRAPHQL.wanted_body(query, 200, &json).is_some());
    /// let limited = Rules::GRAPHQL.classify_with_body(query, 200, &json, body, None);
    /// assert_eq!(limited.to_string(), "throttled: body errors[].extensions.code");
    /// ```
    pub const GRAPHQL: Self = Rules::DEFAULT
        .and_bodies(BodyRule::GRAPHQL)
        .reading_every_response();
}

impl BodyRule {
    /// The codes of GraphQL errors that say something about a retry. Others leave the decision to the status.
    ///
    /// | code | kind | source |
    /// |---|---|---|
    /// | `THROTTLED` | throttled, for any method | Shopify, "API limits", "GraphQL Admin API rate limits" |
    /// | `RATE_LIMITED`, as `type` too | throttled, for any method | GitHub, "Rate limits and query limits for the GraphQL API" |
    /// | `INTERNAL_SERVER_ERROR` | doubtful | Apollo Server, "Error handling": no more specific code; Shopify |
    pub const GRAPHQL: &'static [Self] = &[
        Self::names(
            BodyField::Json("errors[].extensions.code"),
            &["RATE_LIMITED", "THROTTLED"],
            FailureKind::Throttled,
        )
        .as_refusal(),
        Self::names(
            BodyField::Json("errors[].type"),
            &["RATE_LIMITED"],
            FailureKind::Throttled,
        )
        .as_refusal(),
        Self::names(
            BodyField::Json("errors[].extensions.code"),
            &["INTERNAL_SERVER_ERROR"],
            FailureKind::Doubtful,
        ),
    ];
}
