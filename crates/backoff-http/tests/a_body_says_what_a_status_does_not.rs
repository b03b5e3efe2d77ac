//! The body of a response decides where its status and its headers do not.

use backoff_core::{Failure, FailureKind};
use backoff_http::{
    BodyDelay, BodyField, BodyRule, Classification, DelayRules, HttpDate, Method, RequestInfo,
    ResetMeaning, Rules,
};
use std::time::Duration;

const GET: RequestInfo = RequestInfo::new(Method::Get);
const POST: RequestInfo = RequestInfo::new(Method::Post);
const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);

/// Rules, status, body, and what they are found to be.
#[rustfmt::skip]
const ERRORS: [(Rules<'_>, u16, &str, &str); 30] = [
    // OpenAI: no credit left, and no limit on the rate. The code may be null.
    (Rules::OPENAI, 429, r#"{"error":{"message":"You exceeded your current quota\n","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#, "permanent: body error.code"),
    (Rules::OPENAI, 429, r#"{"error":{"type":"insufficient_quota","param":null,"code":null}}"#, "permanent: body error.type"),
    (Rules::OPENAI, 429, r#"{"error":{"type":"requests","code":"rate_limit_exceeded"}}"#, "throttled: status 429"),
    // Google: a 403 by its reason, in the older form and by an ErrorInfo; an array around a stream of answers.
    (Rules::GOOGLE, 403, r#"{"error":{"errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded"}],"code":403}}"#, "throttled: body error.errors[].reason"),
    (Rules::GOOGLE, 403, r#"{"error":{"errors":[{"domain":"usageLimits","reason":"dailyLimitExceeded"}],"code":403}}"#, "permanent: body error.errors[].reason"),
    (Rules::GOOGLE, 403, r#"{"error":{"errors":[{"reason":"insufficientFilePermissions"}],"code":403}}"#, "permanent: status 403"),
    (Rules::GOOGLE, 403, r#"{"error":{"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED"}]}}"#, "throttled: body error.details[].reason"),
    (Rules::GOOGLE, 429, r#"{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.2s"}]}}"#, "throttled: status 429, error.details[].retryDelay 1.2s"),
    (Rules::GOOGLE, 429, r#"[{"error":{"details":[{"reason":"RATE_LIMIT_EXCEEDED"},{"retryDelay":"34s"}]}}]"#, "throttled: body error.details[].reason, error.details[].retryDelay 34s"),
    (Rules::GOOGLE, 429, r#"{"error":{"details":[{"reason":"RESOURCE_QUOTA_EXCEEDED"}]}}"#, "permanent: body error.details[].reason"),
    // AWS: a 400 by its code, in JSON with and without a namespace, and in XML of S3, query and EC2.
    (Rules::AWS_STANDARD, 400, r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"x"}"#, "throttled: body __type"),
    (Rules::AWS_STANDARD, 400, r#"{"code":"ThrottlingException"}"#, "throttled: body code"),
    (Rules::AWS_STANDARD, 400, r#"{"__type":"ValidationException"}"#, "permanent: status 400"),
    (Rules::AWS_STANDARD, 400, r#"{"__type":"ns#RequestTimeout"}"#, "transient: body __type"),
    (Rules::AWS_STANDARD, 503, "<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Please reduce</Message></Error>", "throttled: body Code"),
    (Rules::AWS_STANDARD, 400, "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error></ErrorResponse>", "throttled: body Code"),
    (Rules::AWS_STANDARD, 400, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>", "throttled: body Code"),
    (Rules::AWS_STANDARD, 400, "<Error><Code>RequestTimeout</Code></Error>", "transient: body Code"),
    (Rules::AWS_STANDARD, 403, "<Error><Code>AccessDenied</Code></Error>", "permanent: status 403"),
    // Telegram: the delay is in the body only.
    (Rules::TELEGRAM, 429, r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#, "throttled: status 429, parameters.retry_after 35s"),
    (Rules::TELEGRAM, 400, r#"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1001}}"#, "permanent: status 400"),
    // GitHub: a secondary limit has no code.
    (Rules::GITHUB, 403, r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}"#, "throttled: body message"),
    (Rules::GITHUB, 403, r#"{"message":"Resource not accessible by integration"}"#, "permanent: status 403"),
    // Slack: an error with a status of 200.
    (Rules::SLACK, 200, r#"{"ok":false,"error":"ratelimited"}"#, "throttled: body error"),
    (Rules::SLACK, 200, r#"{"ok":false,"error":"internal_error"}"#, "permanent: POST without an Idempotency-Key is not repeated"),
    (Rules::SLACK, 200, r#"{"ok":false,"error":"channel_not_found"}"#, "accepted: status 200"),
    // GraphQL: an error with a status of 200.
    (Rules::GRAPHQL, 200, r#"{"data":null,"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#, "throttled: body errors[].extensions.code"),
    (Rules::GRAPHQL, 200, r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#, "throttled: body errors[].type"),
    (Rules::GRAPHQL, 200, r#"{"data":{"errors":[{"extensions":{"code":"THROTTLED"}}]}}"#, "accepted: status 200"),
    (Rules::GRAPHQL, 200, r#"{"errors":[{"extensions":{"code":"BAD_USER_INPUT"}}]}"#, "accepted: status 200"),
];

type Wanted = (
    &'static str,
    Rules<'static>,
    RequestInfo,
    u16,
    &'static [(&'static str, &'static str)],
    Option<usize>,
);

const LIMIT: Option<usize> = Some(65_536);

/// A case, rules, request, status, headers, and how many bytes of the body are wanted.
#[rustfmt::skip]
const WANTED: [Wanted; 17] = [
    ("no rules", Rules::DEFAULT, GET, 503, &[], None),
    ("a failure", Rules::OPENAI, GET, 503, &[], LIMIT),
    ("a failure in any type", Rules::OPENAI, GET, 503, &[("content-type", "text/html")], LIMIT),
    ("delays only", Rules::TELEGRAM, GET, 429, &[], LIMIT),
    ("a success", Rules::OPENAI, GET, 200, &[], None),
    ("a redirect", Rules::OPENAI, GET, 302, &[], None),
    ("a success that may be a failure", Rules::GRAPHQL, GET, 200, &[("content-type", "application/json; charset=utf-8")], LIMIT),
    ("by another type", Rules::GRAPHQL, GET, 200, &[("Content-Type", "application/graphql-response+JSON")], LIMIT),
    ("a stream", Rules::GRAPHQL, GET, 200, &[("content-type", "text/event-stream")], None),
    ("a success of no type", Rules::GRAPHQL, GET, 200, &[], None),
    ("HEAD", Rules::OPENAI, RequestInfo::new(Method::Head), 503, &[], None),
    ("empty", Rules::OPENAI, GET, 503, &[("content-length", "0")], None),
    ("compressed", Rules::OPENAI, GET, 503, &[("content-encoding", "gzip")], None),
    ("identity", Rules::OPENAI, GET, 503, &[("content-encoding", "identity")], LIMIT),
    ("another limit", Rules::OPENAI.with_body_limit(512), GET, 503, &[], Some(512)),
    ("never", Rules::OPENAI.with_body_limit(0), GET, 503, &[], None),
    ("204", Rules::GRAPHQL, GET, 204, &[("content-type", "application/json")], None),
];

fn classify(rules: &Rules<'_>, status: u16, body: &str) -> Classification {
    rules.classify_with_body(POST, status, &(), body.as_bytes(), NOW)
}

#[test]
fn each_ready_made_reader_reads_the_errors_of_its_api() {
    for (rules, status, body, expected) in ERRORS {
        assert_eq!(
            classify(&rules, status, body).to_string(),
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_rule_may_ask_for_a_minimum_delay() {
    let body = r#"{"message":"Secondary Rate Limit"}"#;
    let failure = classify(&Rules::GITHUB, 403, body).failure();
    assert_eq!(
        failure.map(Failure::min_delay),
        Some(Duration::from_secs(60))
    );
}

#[test]
fn the_longest_delay_of_headers_and_body_counts() {
    let body =
        br#"{"error":{"details":[{"retryDelay":"3s"},{"retryDelay":"20s"},{"retryDelay":"-1s"}]}}"#;
    for (header, expected) in [("5", 20), ("30", 30), ("nonsense", 20)] {
        let headers = [("retry-after", header)];
        let found = Rules::GOOGLE.classify_with_body(GET, 503, &headers, body, NOW);
        let expected = Some(Failure::throttled().with_retry_after(Duration::from_secs(expected)));
        assert_eq!(found.failure(), expected, "{header}");
    }
    let huge = r#"{"error":{"details":[{"retryDelay":"99999999999999999999s"}]}}"#;
    let found = classify(&Rules::GOOGLE, 429, huge);
    assert!(
        found.server_delay().delay() > Some(Duration::from_secs(1 << 40)),
        "{found}"
    );
}

#[test]
fn a_header_that_decides_comes_before_the_body() {
    let body = br#"{"error":{"code":"insufficient_quota"}}"#;
    let told = [("x-should-retry", "false")];
    let found = Rules::OPENAI.classify_with_body(POST, 429, &told, body, NOW);
    assert_eq!(found.to_string(), "permanent: header x-should-retry");
}

#[test]
fn rules_of_a_user_come_before_those_of_a_preset_and_may_be_about_any_place() {
    const DELAYS: &[BodyDelay] = &[
        BodyDelay::new(BodyField::Json("until"), ResetMeaning::Epoch),
        BodyDelay::new(BodyField::Xml("RetryAt"), ResetMeaning::Moment),
        BodyDelay::new(BodyField::Json("retry_after"), ResetMeaning::Delta),
    ];
    static RULES: Rules<'_> = Rules::OPENAI
        .with_bodies(&[
            BodyRule::names(
                BodyField::Json("error.code"),
                &["insufficient_quota"],
                FailureKind::Doubtful,
            ),
            BodyRule::names(BodyField::Json("ok"), &["false"], FailureKind::Transient).as_refusal(),
            BodyRule::names(
                BodyField::Json("codes[]"),
                &["7", "8"],
                FailureKind::Throttled,
            ),
        ])
        .with_delays(DelayRules::DEFAULT.with_bodies(DELAYS));
    let cases = [
        (
            429,
            r#"{"error":{"code":"insufficient_quota"}}"#,
            "doubtful: body error.code",
        ),
        (400, r#"{"ok":false}"#, "transient: body ok"),
        (429, r#"{"ok":false}"#, "throttled: status 429"),
        (400, r#"{"codes":[1,8]}"#, "throttled: body codes[]"),
        (400, r#"{"codes":[1,"7"]}"#, "throttled: body codes[]"),
        (
            503,
            r#"{"until":1767312030}"#,
            "transient: status 503, until 30s",
        ),
        (
            503,
            "<E><RetryAt>2026-01-02T00:01:00Z</RetryAt></E>",
            "transient: status 503, RetryAt 60s",
        ),
        (
            503,
            r#"{"retry_after":0.25}"#,
            "transient: status 503, retry_after 250ms",
        ),
        (
            503,
            r#"{"retry_after":"soon"}"#,
            "transient: status 503, retry_after ignored: invalid number",
        ),
    ];
    for (status, body, expected) in cases {
        assert_eq!(
            classify(&RULES, status, body).to_string(),
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_refusal_in_the_body_is_repeated_by_any_method_unless_the_rules_say_otherwise() {
    let body = r#"{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}"#;
    assert!(classify(&Rules::GOOGLE, 403, body).is_retryable());
    assert!(!classify(&Rules::GOOGLE.without_refusals(), 403, body).is_retryable());
    let redirected =
        Rules::GOOGLE.classify_with_body(POST.as_redirected(), 403, &(), body.as_bytes(), NOW);
    assert_eq!(
        redirected.to_string(),
        "permanent: POST without an Idempotency-Key is not repeated"
    );
}

#[test]
fn only_a_body_that_may_decide_is_wanted() {
    for (case, rules, request, status, headers, expected) in WANTED {
        assert_eq!(
            rules.wanted_body(request, status, headers),
            expected,
            "{case}"
        );
    }
}

#[test]
fn a_body_that_is_cut_off_or_broken_never_changes_what_the_status_says_by_accident() {
    let whole = r#"{"error":{"message":"\u00fc\"","code":"insufficient_quota"}}"#;
    let end = whole.find("\"}}").expect("the end of the code") + 1;
    for (length, _) in whole.char_indices() {
        let found = classify(&Rules::OPENAI, 429, &whole[..length]);
        // A closing quote at the very end may be that of a name.
        let expected = if length > end {
            "permanent: body error.code"
        } else {
            "throttled: status 429"
        };
        assert_eq!(found.to_string(), expected, "{}", &whole[..length]);
    }
    for body in [
        "",
        "\u{feff}",
        "null",
        "<html>insufficient_quota",
        "{\"error\":\"insufficient_quota\"}",
    ] {
        let found = classify(&Rules::OPENAI, 429, body);
        assert_eq!(
            found,
            Rules::OPENAI.classify_response(POST, 429, &(), NOW),
            "{body}"
        );
    }
}
