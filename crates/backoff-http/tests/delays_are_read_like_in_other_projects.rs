//! The delays that other projects' tests expect of a response are those that the classifier reads.

mod vectors;

use backoff_core::{Decision, Failure, GiveUp, Policy};
use backoff_http::{
    DelayField, DelayRules, Method, QuotaPolicy, RequestInfo, ResetMeaning, RetryAfter, Rules,
    ServerDelay, ServiceLimit, Strictness,
};
use serde_json::Value;
use std::time::Duration;
use vectors::delay::{clamped, compare, decide, now, placeholder};
use vectors::{headers, word};

/// What is wrong with the answer to a case, if anything is.
type Check = fn(&Value) -> Option<String>;

/// Whether a case is meant.
type Covers = fn(&Value) -> bool;

/// Whose cases are claimed, and how each is checked: `None` if the answer is right, else what came out.
const CLAIMS: &[(&str, Check)] = &[
    ("RFC 9110", strict),
    ("chromium", strict),
    ("urllib3", urllib3),
    ("linkerd parse_grpc_retry_pushback", pushback),
    ("gRPC A6 pushback", pushback),
    ("linkerd parse_retry_after", lenient),
    ("openai BaseClient._calculate_retry_timeout", openai_delay),
    ("openai BaseClient._should_retry", openai_decision),
    ("envoy ResetHeaderParser", envoy_reset),
    ("envoy rate_limited_retry_back_off", envoy_backoff),
    ("Microsoft.Extensions", lenient),
    ("azure embedded", lenient),
    ("httpx_retries.Retry.parse_retry_after", urllib3),
    ("axios-retry", lenient),
    ("got", lenient),
    ("sentry-javascript parseRetryAfterHeader", lenient),
    ("RateLimit fields", rate_limit),
    ("AWS", aws),
    ("faraday-retry", beside_own),
    ("httpx_retries.Retry._calculate_sleep", beside_own),
    ("ktor", beside_own),
    ("undici", beside_own),
    ("sentry-javascript updateRateLimits", sentry),
    ("sentry-rust", no_panic),
];

/// Whose cases are not about the delay that a server asks for, and what they are about instead.
const NOT_CLAIMED: &[(&str, &str)] = &[
    ("octokit", "a fixed minute for a status of GitHub"),
    ("okhttp followUpRequest", "at most one retry in a row"),
];

/// What is decided differently on purpose: whose, which cases, and by what.
const DIFFERENCES: &[(&str, Covers, &str)] = &[
    (
        "AWS",
        |case| aws_clamps(case),
        "rule 6 of tests/semantics: a delay is obeyed or refused, and not shortened to 5 s beyond the client's own",
    ),
    (
        "azure embedded",
        |case| word(&case["headers"], "Retry-After").ends_with("GMT"),
        "RFC 9110, section 10.2.3: a Retry-After may be a date",
    ),
    (
        "httpx_retries.Retry._calculate_sleep",
        |case| !case["config"]["total_timeout"].is_null(),
        "rule 5 of tests/semantics: a sleep that would pass the deadline is not begun, nor shortened",
    ),
    (
        "sentry-javascript updateRateLimits",
        |case| !case["headers"]["X-Sentry-Rate-Limits"].is_null(),
        "limits by category of Sentry's data are not read",
    ),
    (
        "got",
        |case| word(&case["headers"], "Retry-After") == "<past date>",
        "rule 6 of tests/semantics: a moment that has passed is a hint of zero, not of 1 ms",
    ),
    (
        "openai BaseClient._should_retry",
        |case| {
            seconds(&case["headers"], "retry-after-ms")
                < seconds(&case["headers"], "retry-after").map(|s| s * 1000.0)
        },
        "rule 6 of tests/semantics: of several hints the longest counts, and not the one in milliseconds",
    ),
    (
        "linkerd parse_grpc_retry_pushback",
        |case| case["expected"]["delay_ms"].is_null(),
        "gRPC proposal A6: what is negative or cannot be read means that there is to be no retry",
    ),
    (
        "sentry-javascript parseRetryAfterHeader",
        |case| case["expected"]["delay_ms"] == 60_000,
        "a value that is not understood is ignored, and not taken for a minute",
    ),
];

#[test]
fn delays_are_read_as_their_sources_have_them() {
    let Some(cases) = vectors::cases("retry_after.json") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut agreed = 0;
    for case in &cases {
        let system = word(case, "impl");
        let differs = DIFFERENCES
            .iter()
            .any(|(name, covers, _)| system.starts_with(name) && covers(case));
        let claim = CLAIMS.iter().find(|(name, _)| system.starts_with(name));
        let known = NOT_CLAIMED.iter().any(|(name, _)| system.starts_with(name));
        match claim {
            _ if differs || known => {}
            Some((_, check)) => match check(case) {
                None => agreed += 1,
                Some(found) => wrong.push(format!("{found}: {case}")),
            },
            None => vectors::say(&format!("not known: {system}")),
        }
    }
    vectors::say(&format!("{agreed} of {} cases agree", cases.len()));
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(agreed > 0, "no case is claimed");
}

/// The letter of RFC 9110.
fn strict(case: &Value) -> Option<String> {
    let now = now(case);
    let headers = headers(case, placeholder);
    let value = headers
        .first()
        .map(|(_, value)| value.as_bytes())
        .unwrap_or_default();
    let delay = RetryAfter::parse(value, now)
        .ok()
        .map(|retry_after| retry_after.delay(now));
    compare(case, delay)
}

/// Everything by default, behind a status that is retried.
fn lenient(case: &Value) -> Option<String> {
    let status = case["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .unwrap_or(503);
    let request = RequestInfo::new(Method::Get);
    // The status is not what these cases ask about, unless it is none of a failure.
    let rules = Rules::STAINLESS.with_delays(DelayRules::DEFAULT);
    let status = if status < 400 { status } else { 503 };
    let classification = rules.classify_response(
        request,
        status,
        headers(case, placeholder).as_slice(),
        now(case),
    );
    compare(
        case,
        classification.failure().and_then(Failure::retry_after),
    )
}

fn urllib3(case: &Value) -> Option<String> {
    let respects = case["config"]["respect_retry_after_header"]
        .as_bool()
        .unwrap_or(true);
    let rules = if respects {
        Rules::URLLIB3.delays()
    } else {
        DelayRules::NONE
    };
    let server_delay = ServerDelay::read(headers(case, placeholder).as_slice(), rules, now(case));
    // To sleep for no time and not to sleep are the same to `sleep`.
    let sleeps = word(case, "impl").ends_with("sleep");
    compare(
        case,
        server_delay
            .delay()
            .filter(|delay| !sleeps || !delay.is_zero()),
    )
}

fn pushback(case: &Value) -> Option<String> {
    let server_delay = ServerDelay::read(
        headers(case, placeholder).as_slice(),
        DelayRules::DEFAULT,
        now(case),
    );
    match word(&case["expected"], "action") {
        "no_retry" if server_delay.forbids_retry() => None,
        "no_retry" => Some(format!("{server_delay:?}")),
        _ => compare(case, server_delay.delay()),
    }
}

/// The delay, or half a second where there is none that the SDK keeps to.
fn openai_delay(case: &Value) -> Option<String> {
    let server_delay = ServerDelay::read(
        headers(case, placeholder).as_slice(),
        Rules::STAINLESS.delays(),
        now(case),
    );
    let kept = server_delay
        .delay()
        .filter(|delay| !delay.is_zero() && *delay <= Duration::from_secs(120));
    compare(case, Some(kept.unwrap_or(Duration::from_millis(500))))
}

fn openai_decision(case: &Value) -> Option<String> {
    let status = case["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .unwrap_or(0);
    let headers = headers(case, placeholder);
    let classification = Rules::STAINLESS.classify_response(
        RequestInfo::new(Method::Post),
        status,
        headers.as_slice(),
        now(case),
    );
    let decision = decide(Policy::DEFAULT.without_deadline(), classification.failure());
    let retry = matches!(decision, Some(Decision::Retry { .. }));
    if Some(retry) != case["expected"]["retry"].as_bool() {
        return Some(format!("{decision:?}"));
    }
    match (decision, case["expected"]["delay_ms"].as_f64()) {
        (Some(Decision::Retry { after }), Some(_)) => compare(case, Some(after)),
        _ => None,
    }
}

/// Botocore takes a delay of zero, and one that it cannot read, for none, and waits for its own.
fn aws(case: &Value) -> Option<String> {
    let headers = headers(case, placeholder);
    let server_delay =
        ServerDelay::read(headers.as_slice(), Rules::AWS_STANDARD.delays(), now(case));
    let own = case["config"]["t_i_ms"].as_u64().map(Duration::from_millis);
    compare(
        case,
        server_delay
            .delay()
            .filter(|delay| !delay.is_zero())
            .or(own),
    )
}

/// Whether the delay is outside of what botocore leaves as it is: its own delay and 5 s more.
fn aws_clamps(case: &Value) -> bool {
    let own = case["config"]["t_i_ms"].as_i64().unwrap_or(0);
    let millis = word(&case["headers"], "x-amz-retry-after").parse::<i64>();
    millis.is_ok_and(|millis| millis > 0 && !(own..=own + 5_000).contains(&millis))
}

/// The delay beside that of the client itself, of which these take the longer one.
fn beside_own(case: &Value) -> Option<String> {
    let config = &case["config"];
    let ignores = config["retryAfter"] == false;
    let rules = if ignores {
        DelayRules::NONE
    } else {
        DelayRules::DEFAULT
    };
    let hint = ServerDelay::read(headers(case, placeholder).as_slice(), rules, now(case)).delay();
    if word(&case["expected"], "action") == "no_retry" {
        let max = Duration::from_secs_f64(config["max_interval"].as_f64().unwrap_or(f64::MAX));
        let policy = Policy::DEFAULT.without_deadline().with_max_hint(max);
        let decision = decide(
            policy,
            hint.map(|hint| Failure::throttled().with_retry_after(hint)),
        );
        let gives_up = decision == Some(Decision::GiveUp(GiveUp::HintTooLong));
        return (!gives_up).then(|| format!("{decision:?}"));
    }
    let own = ["delayMillis", "minTimeout"]
        .iter()
        .find_map(|name| config[*name].as_f64());
    let own = own
        .map(|millis| millis / 1000.0)
        .or(config["interval"].as_f64())
        .unwrap_or(0.0);
    let limit = config["maxTimeout"].as_f64().map(|millis| millis / 1000.0);
    let limit = limit
        .or(config["max_backoff_wait"].as_f64())
        .map(Duration::from_secs_f64);
    let hint = hint.map(|hint| limit.map_or(hint, |limit| clamped(hint, limit)));
    compare(case, hint.max(Some(Duration::from_secs_f64(own))))
}

fn sentry(case: &Value) -> Option<String> {
    let server_delay = ServerDelay::read(
        headers(case, placeholder).as_slice(),
        DelayRules::DEFAULT,
        now(case),
    );
    let expected = case["expected"]["delay_ms_by_category"]["all"].as_u64();
    (server_delay.delay() != expected.map(Duration::from_millis))
        .then(|| format!("{server_delay:?}"))
}

fn seconds(headers: &Value, name: &str) -> Option<f64> {
    word(headers, name).parse().ok()
}

/// Envoy is told of any header whether it holds seconds or a moment; so is `X-RateLimit-Reset` here.
fn envoy_reset(case: &Value) -> Option<String> {
    let meaning = match word(&case["config"], "format") {
        "SECONDS" => ResetMeaning::Delta,
        _ => ResetMeaning::Epoch,
    };
    let rules = DelayRules::NONE
        .with_x_rate_limit_reset(meaning)
        .with_strictness(Strictness::Strict);
    let values = headers(case, placeholder);
    let renamed: Vec<_> = values
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(word(&case["config"], "reset_header")))
        .map(|(_, value)| (DelayField::XRateLimitReset.as_str(), value.as_str()))
        .collect();
    compare(
        case,
        ServerDelay::read(renamed.as_slice(), rules, now(case)).delay(),
    )
}

/// Envoy adds up to half of the delay to it; the hint is where it starts.
fn envoy_backoff(case: &Value) -> Option<String> {
    let server_delay = ServerDelay::read(
        headers(case, placeholder).as_slice(),
        DelayRules::DEFAULT,
        now(case),
    );
    let least = case["expected"]["delay_ms_min"]
        .as_u64()
        .map(Duration::from_millis);
    (server_delay.delay() != least).then(|| format!("{server_delay:?}"))
}

fn rate_limit(case: &Value) -> Option<String> {
    let headers = headers(case, placeholder);
    let headers = headers.as_slice();
    if case["expected"]["ignored"] == true {
        let limits = ServiceLimit::read(headers).is_err();
        let policies = QuotaPolicy::read(headers).is_err();
        return (!limits && !policies).then(|| "read".to_owned());
    }
    if let Some(expected) = case["expected"].get("policies") {
        let policies: Vec<_> = QuotaPolicy::read(headers)
            .into_iter()
            .flatten()
            .map(|policy| {
                (
                    policy.name(),
                    policy.quota(),
                    policy.window().map(|window| window.as_secs()),
                )
            })
            .collect();
        let found = serde_json::json!(policies);
        return (found != *expected).then(|| found.to_string());
    }
    compare(
        case,
        ServerDelay::read(headers, DelayRules::DEFAULT, now(case)).delay(),
    )
}

fn no_panic(case: &Value) -> Option<String> {
    let headers = headers(case, placeholder);
    let classification = Rules::DEFAULT.classify_response(
        RequestInfo::new(Method::Get),
        429,
        headers.as_slice(),
        now(case),
    );
    let decision = decide(Policy::DEFAULT, classification.failure());
    decision.is_none().then(|| "accepted".to_owned())
}
