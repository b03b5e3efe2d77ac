//! The presets decide as the systems that they are named after, by those systems' own tests and sources.

mod vectors;

use backoff_core::{Decision, Failure, FailureKind, Policy};
use backoff_http::{
    EnvoyRetryOn, Evidence, Fault, GrpcRules, GrpcStatus, HeaderRule, HttpDate, Method, Methods,
    RequestInfo, Rules, Sent, StatusClass, StatusRule, aws_error_kind,
};
use serde_json::Value;
use std::time::Duration;
use vectors::{headers, word};

/// Whether there is a retry, if the case can be put.
type Decide = fn(&Value) -> Option<bool>;

/// Whether a case is meant.
type Covers = fn(&Value) -> bool;

/// Whose cases are claimed, and how each is decided: whether there is a retry, if the case can be put.
const CLAIMS: &[(&str, Decide)] = &[
    ("urllib3", urllib3),
    ("AWS standard: is_throttling", |case| {
        Some(aws_kind(case) == Some(FailureKind::Throttled))
    }),
    ("AWS standard: is_transient", aws_transient),
    ("AWS standard: under max_attempts", aws_attempts),
    ("envoy", envoy),
    ("Stainless", |case| decide(&Rules::STAINLESS, case)),
    ("AIP-194", aip_194),
    ("RFC", |case| decide(&Rules::DEFAULT, case)),
    ("idempotency-key draft", |case| {
        decide(&Rules::DEFAULT, case)
    }),
];

/// Systems without a preset, which the rules can be made to follow, or which ask for something else.
const NOT_CLAIMED: &[(&str, &str)] = &[
    (
        "AWS standard: modeled",
        "the model of each service says so, and no part of the response",
    ),
    ("Microsoft.Extensions", "no preset"),
    ("DisableForUnsafeHttpMethods", "no preset"),
    ("axios-retry", "no preset"),
    ("got", "no preset"),
    ("undici", "no preset"),
    ("failsafe-go", "no preset"),
    ("azure", "no preset"),
    ("az_iot", "no preset"),
    (
        "google.api_core",
        "no preset: it contradicts AIP-194, as its own tests say",
    ),
    ("faraday-retry", "no preset"),
    ("okhttp", "no preset: it asks for another route to try"),
    ("httpx_retries", "no preset"),
];

/// What is decided differently on purpose: whose, which cases, and by what.
const DIFFERENCES: &[(&str, Covers, &str)] = &[(
    "AWS standard: is_transient",
    |case| word(case, "error_code") == "PriorRequestNotComplete",
    "the code is in both lists of botocore, and counts as throttled here",
)];

#[test]
fn presets_decide_as_their_systems_do() {
    let Some(cases) = vectors::cases("status_method.json") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut agreed = 0;
    for case in &cases {
        let system = word(case, "system");
        let is_known = NOT_CLAIMED.iter().any(|(name, _)| system.starts_with(name));
        if is_known
            || DIFFERENCES
                .iter()
                .any(|(name, covers, _)| system.starts_with(name) && covers(case))
        {
            continue;
        }
        let claim = CLAIMS.iter().find(|(name, _)| system.starts_with(name));
        match claim.and_then(|(_, decide)| decide(case)) {
            None => vectors::say(&format!("not known: {case}")),
            found if found == case["expected"]["retry"].as_bool() => agreed += 1,
            Some(_) => wrong.push(case.to_string()),
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

/// Decides by the status of a case, or by its error.
fn decide(rules: &Rules, case: &Value) -> Option<bool> {
    let lines = headers(case, |_| None);
    let is_keyed = lines
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
    let request = RequestInfo::new(Method::parse(&word(case, "method").to_ascii_uppercase()));
    let request = if is_keyed {
        request.with_idempotency_key()
    } else {
        request
    };
    let classification = match case["status"].as_u64() {
        Some(status) => rules.classify_response(
            request,
            u16::try_from(status).ok()?,
            lines.as_slice(),
            HttpDate::from_unix(0),
        ),
        None => rules.classify_error(request, evidence(case)?),
    };
    Some(classification.is_retryable())
}

/// What a case says that went wrong; a lost connection where it says nothing.
fn evidence(case: &Value) -> Option<Evidence> {
    let name = ["error", "reset", "error_code"]
        .iter()
        .map(|key| word(case, key))
        .find(|name| !name.is_empty());
    let never = |fault| Evidence::of(fault).with_sent(Sent::Never);
    Some(match name.unwrap_or_default().trim_matches(['<', '>']) {
        ""
        | "ProtocolError"
        | "IncompleteRead"
        | "remote_reset"
        | "local_reset"
        | "connection_termination" => Evidence::of(Fault::Reset),
        "ReadTimeoutError" | "per_try_timeout" => Evidence::of(Fault::Timeout),
        "ConnectTimeoutError" | "connection_timeout" => never(Fault::Timeout),
        "SSLError" | "CertificateError" => Evidence::of(Fault::Certificate),
        "ConnectionError"
        | "NewConnectionError"
        | "ProxyError"
        | "connection_failure"
        | "local_connection_failure"
        | "remote_connection_failure" => Evidence::of(Fault::Connect),
        "HTTPClientError" => Evidence::of(Fault::Other),
        "REFUSED_STREAM"
        | "GOAWAY"
        | "refused_stream"
        | "remote_refused_stream"
        | "remote_refused_stream_reset" => Evidence::of(Fault::RefusedStream),
        "overflow" => Evidence::of(Fault::Overflow),
        _ => return None,
    })
}

fn urllib3(case: &Value) -> Option<bool> {
    let config = &case["config"];
    // A code that is given as a text is not that of any response.
    let statuses = statuses(&config["status_forcelist"]);
    let rules = Rules::URLLIB3.with_statuses(&statuses);
    let rules = match config["allowed_methods"].as_array() {
        Some(methods) => rules.with_methods(methods_of(methods.iter().filter_map(Value::as_str))),
        None => rules,
    };
    let has_hint = case["has_retry_after"] == true;
    let hinted = has_hint.then(|| {
        let mut case = case.clone();
        case["headers"] = serde_json::json!({ "Retry-After": "1" });
        case
    });
    decide(&rules, hinted.as_ref().unwrap_or(case))
}

fn aws_kind(case: &Value) -> Option<FailureKind> {
    aws_error_kind(word(case, "error_code"))
}

fn aws_transient(case: &Value) -> Option<bool> {
    let of_code = aws_kind(case) == Some(FailureKind::Transient);
    Some(of_code || decide(&Rules::AWS_STANDARD, case)?)
}

/// How many attempts there are is the policy's.
fn aws_attempts(case: &Value) -> Option<bool> {
    let made = case["attempt_number"].as_u64()?;
    let policy = Policy::DEFAULT.with_max_attempts(3).without_deadline();
    let mut retry = policy.start();
    let decisions = (0..made).map(|_| retry.on_failure(Duration::ZERO, Failure::transient(), 0));
    Some(matches!(decisions.last()?, Decision::Retry { .. }))
}

fn aip_194(case: &Value) -> Option<bool> {
    let status = GrpcStatus::parse(word(case, "grpc_code"))?;
    let headers = [("grpc-status", (status as u8).to_string())];
    let request = RequestInfo::new(Method::Post).as_idempotent();
    Some(
        Rules::AIP_194
            .classify_response(request, 200, &headers, None)
            .is_retryable(),
    )
}

fn envoy(case: &Value) -> Option<bool> {
    let config = &case["config"];
    let groups = word(config, "retry_on")
        .split(',')
        .map(str::trim)
        .map(envoy_group);
    let groups = groups.fold(EnvoyRetryOn::NONE, EnvoyRetryOn::and);
    let mut statuses = statuses(&config["retriable_status_codes"]);
    let listed = word(config, "x-envoy-retriable-status-codes").split(',');
    statuses.extend(
        listed
            .filter_map(|code| code.trim().parse().ok())
            .map(transient),
    );
    let matchers = config["retriable_headers"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let matchers: Vec<_> = matchers.iter().filter_map(Value::as_str).collect();
    statuses.extend(matchers.iter().filter_map(|text| status_range(text)));
    let header_rules: Vec<_> = matchers
        .iter()
        .filter_map(|text| header_rule(text))
        .collect();
    let mut rules = Rules::envoy(groups).with_statuses(&statuses);
    if !matchers.is_empty() {
        rules = rules.with_headers(&header_rules).reading_every_response();
    }
    if let Some(requests) = config["retriable_request_headers"].as_array() {
        let methods = requests
            .iter()
            .filter_map(|text| text.as_str()?.strip_prefix(":method "));
        rules = rules.with_methods(methods_of(methods));
    }
    if let Some(status) = case["grpc_status"].as_u64() {
        let rules = rules.with_grpc(envoy_grpc(word(config, "retry_grpc_on")));
        let headers = [("grpc-status", status.to_string())];
        return Some(
            rules
                .classify_response(RequestInfo::new(Method::Post), 200, &headers, None)
                .is_retryable(),
        );
    }
    decide(&rules, case)
}

fn envoy_group(name: &str) -> EnvoyRetryOn {
    match name {
        "5xx" => EnvoyRetryOn::FIVE_XX,
        "connect-failure" => EnvoyRetryOn::CONNECT_FAILURE,
        "envoy-ratelimited" => EnvoyRetryOn::ENVOY_RATELIMITED,
        "gateway-error" => EnvoyRetryOn::GATEWAY_ERROR,
        "refused-stream" => EnvoyRetryOn::REFUSED_STREAM,
        "reset" => EnvoyRetryOn::RESET,
        "retriable-4xx" => EnvoyRetryOn::RETRIABLE_4XX,
        // The groups that are tables of their own.
        _ => EnvoyRetryOn::NONE,
    }
}

fn envoy_grpc(names: &str) -> GrpcRules {
    let statuses = names
        .split(',')
        .filter_map(|name| GrpcStatus::parse(&name.trim().replace('-', "_").to_ascii_uppercase()));
    statuses.fold(GrpcRules::NONE, GrpcRules::with)
}

/// `X-Name present`, `name exact value` or `name prefix value`.
fn header_rule(text: &str) -> Option<HeaderRule> {
    let mut words = text.splitn(3, ' ').map(|word| &*word.to_owned().leak());
    let name = &*words.next()?.to_ascii_lowercase().leak();
    match (words.next()?, words.next()) {
        ("present", None) => Some(HeaderRule::present(name, FailureKind::Transient)),
        ("exact", Some(value)) => Some(HeaderRule::is(name, value, FailureKind::Transient)),
        ("prefix", Some(value)) => {
            Some(HeaderRule::starts_with(name, value, FailureKind::Transient))
        }
        _ => None,
    }
}

/// `:status in [500,505)`, without the end.
fn status_range(text: &str) -> Option<StatusRule> {
    let (first, end) = text
        .strip_prefix(":status in [")?
        .strip_suffix(')')?
        .split_once(',')?;
    let last = end.trim().parse::<u16>().ok()?.checked_sub(1)?;
    Some(StatusRule::range(
        first.trim().parse().ok()?,
        last,
        StatusClass::Transient,
    ))
}

fn statuses(list: &Value) -> Vec<StatusRule> {
    let codes = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64);
    codes
        .filter_map(|code| u16::try_from(code).ok())
        .map(transient)
        .collect()
}

fn transient(status: u16) -> StatusRule {
    StatusRule::one(status, StatusClass::Transient)
}

fn methods_of<'m>(names: impl Iterator<Item = &'m str>) -> Methods {
    names.map(Method::parse).fold(Methods::NONE, Methods::with)
}
