//! HTTP rules are data: presets by name, statuses by class, fields by name, meaning and the field that says what is left.

#![cfg(feature = "http")]

use backoff_http::{Evidence, Fault, HttpDate, Method, RequestInfo, Sent};
use backoff_settings::{HttpSettings, RetrySettings};

fn settings(text: &str) -> HttpSettings {
    let settings: HttpSettings = toml::from_str(text).expect(text);
    let written = toml::to_string(&settings).expect("TOML");
    assert_eq!(
        toml::from_str::<HttpSettings>(&written).as_ref(),
        Ok(&settings),
        "{written}"
    );
    settings
}

fn classify(text: &str, method: Method, status: u16, headers: &[(&str, &str)]) -> String {
    let now = HttpDate::from_unix(1_767_312_000);
    let rules = settings(text).rules();
    rules
        .classify_response(RequestInfo::new(method), status, headers, now)
        .to_string()
}

/// The rules, the method, the status, the headers, and the classification.
type Case = (
    &'static str,
    Method,
    u16,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const LIMITS: &str = "delays.limits = [{ name = 'X-Rate-Limit-Reset', meaning = 'epoch', remaining = 'x-rate-limit-remaining' }]";

const RULES: &[Case] = &[
    ("", Method::Get, 503, &[], "transient: status 503"),
    ("", Method::Get, 409, &[], "permanent: status 409"),
    (
        "statuses.transient = [409]",
        Method::Get,
        409,
        &[],
        "transient: status 409",
    ),
    (
        "statuses.transient = ['5xx']\nstatuses.permanent = [501, '520-527']",
        Method::Get,
        500,
        &[],
        "transient: status 500",
    ),
    (
        "statuses.transient = ['5xx']\nstatuses.permanent = [501, '520-527']",
        Method::Get,
        501,
        &[],
        "permanent: status 501",
    ),
    (
        "statuses.transient = ['5xx']\nstatuses.permanent = [501, '520-527']",
        Method::Get,
        527,
        &[],
        "permanent: status 527",
    ),
    (
        "statuses.throttled = [420]",
        Method::Post,
        420,
        &[],
        "permanent: POST without an Idempotency-Key is not repeated",
    ),
    (
        "statuses.throttled = [420]\nrefusals = [420]",
        Method::Post,
        420,
        &[],
        "throttled: status 420",
    ),
    ("", Method::Post, 429, &[], "throttled: status 429"),
    (
        "repeat_refused = false",
        Method::Post,
        429,
        &[],
        "permanent: POST without an Idempotency-Key is not repeated",
    ),
    (
        "methods = 'all'",
        Method::Post,
        503,
        &[],
        "transient: status 503",
    ),
    (
        "methods = ['POST']",
        Method::Post,
        503,
        &[],
        "transient: status 503",
    ),
    (
        "methods = ['POST']",
        Method::Get,
        503,
        &[],
        "permanent: GET without an Idempotency-Key is not repeated",
    ),
    (
        "methods = 'none'",
        Method::Get,
        503,
        &[],
        "permanent: GET without an Idempotency-Key is not repeated",
    ),
    (
        "preset = 'aws-standard'",
        Method::Post,
        500,
        &[],
        "transient: status 500",
    ),
    (
        "preset = 'stripe'",
        Method::Get,
        409,
        &[],
        "transient: status 409",
    ),
    (
        "preset = 'envoy'\nenvoy_retry_on = ['5xx', 'retriable-4xx']",
        Method::Post,
        409,
        &[],
        "transient: status 409",
    ),
    (
        "preset = 'envoy'\nenvoy_retry_on = []",
        Method::Post,
        503,
        &[],
        "permanent: status 503",
    ),
    (
        "headers = [{ name = 'X-Maintenance', is = 'planned', kind = 'permanent' }]",
        Method::Get,
        503,
        &[("x-maintenance", "planned")],
        "permanent: header x-maintenance",
    ),
    (
        "headers = [{ name = 'x-a', starts_with = 'no', kind = 'permanent' }]",
        Method::Get,
        503,
        &[("x-a", "nope")],
        "permanent: header x-a",
    ),
    (
        "headers = [{ name = 'x-a', names = ['Slow', 'Down'], kind = 'throttled' }]",
        Method::Get,
        400,
        &[("x-a", "ns#Down:x")],
        "throttled: header x-a",
    ),
    (
        "headers = [{ name = 'x-a', kind = 'transient' }]\nevery_response = true",
        Method::Get,
        200,
        &[("x-a", "")],
        "transient: header x-a",
    ),
    (
        "grpc = ['UNAVAILABLE']",
        Method::Get,
        200,
        &[("grpc-status", "14")],
        "transient: gRPC status UNAVAILABLE",
    ),
    (
        LIMITS,
        Method::Get,
        429,
        &[
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", "1767312030"),
        ],
        "throttled: status 429, x-rate-limit-reset 30s",
    ),
    (
        LIMITS,
        Method::Get,
        429,
        &[
            ("x-rate-limit-remaining", "7"),
            ("x-rate-limit-reset", "1767312030"),
        ],
        "throttled: status 429",
    ),
    (
        "delays.ignore = ['retry-after']",
        Method::Get,
        429,
        &[("retry-after", "9")],
        "throttled: status 429",
    ),
    (
        "delays.x_ratelimit_reset = 'delta'",
        Method::Get,
        429,
        &[("x-ratelimit-reset", "9")],
        "throttled: status 429, x-ratelimit-reset 9s",
    ),
];

#[test]
fn rules_decide_as_their_data_says() {
    for (text, method, status, headers, expected) in RULES {
        let found = classify(text, *method, *status, headers);
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn delays_are_read_as_the_data_says() {
    let cases = [
        ("", "retry-after", "1.5", Some(1_500)),
        ("delays.whole_numbers = true", "retry-after", "1.5", None),
        ("delays.strictness = 'strict'", "retry-after", "1.5", None),
        ("delays.only = ['retry-after-ms']", "retry-after", "9", None),
        (
            "delays.only = ['retry-after-ms']",
            "retry-after-ms",
            "9",
            Some(9),
        ),
        ("delays.ignore = ['retry-after']", "retry-after", "9", None),
        (
            "delays.x_ratelimit_reset = 'delta-millis'",
            "x-ratelimit-reset",
            "9",
            Some(9),
        ),
        ("preset = 'rfc-9110'", "retry-after-ms", "9", None),
        (
            "preset = 'rfc-9110'\ndelays.also = ['retry-after-ms']",
            "retry-after-ms",
            "9",
            Some(9),
        ),
        (
            "delays.limits = [{ name = 'x-wait', meaning = 'duration' }]",
            "x-wait",
            "1m3s",
            Some(63_000),
        ),
    ];
    for (text, name, value, millis) in cases {
        let rules = settings(text).rules();
        let found = backoff_http::ServerDelay::read(&[(name, value)], rules.delays(), None);
        let delay = found.delay().map(|delay| delay.as_millis());
        assert_eq!(delay, millis, "{text}: {name}: {value}");
    }
}

#[test]
fn faults_are_classified_as_the_data_says() {
    let text = "faults = [{ fault = 'timeout', kind = 'permanent', sent = 'maybe' }, { fault = 'tls-alert', kind = 'doubtful' }]";
    let rules = settings(text).rules();
    let get = RequestInfo::new(Method::Get);
    let cases = [
        (Evidence::of(Fault::Timeout), "permanent"),
        (
            Evidence::of(Fault::Timeout).with_sent(Sent::Never),
            "transient",
        ),
        (Evidence::of(Fault::TlsAlert), "doubtful"),
        (Evidence::of(Fault::Reset), "transient"),
    ];
    for (evidence, expected) in cases {
        let found = rules.classify_error(get, evidence).to_string();
        assert!(found.starts_with(expected), "{evidence:?}: {found}");
    }
}

#[test]
fn every_preset_has_its_name() {
    let names = [
        "aip-194",
        "anthropic",
        "aws-standard",
        "default",
        "github",
        "openai",
        "rfc-9110",
        "stainless",
        "stripe",
        "urllib3",
    ];
    for name in names {
        let text = format!("preset = '{name}'");
        assert!(
            classify(&text, Method::Get, 200, &[]).starts_with("accepted"),
            "{name}"
        );
    }
}

#[test]
fn equal_settings_give_the_same_rules_which_live_as_long_as_the_program() {
    let rules = || settings("statuses.transient = [409]").rules();
    assert!(std::ptr::eq(rules(), rules()));
    assert!(!std::ptr::eq(
        rules(),
        settings("statuses.transient = [408]").rules()
    ));
}

#[test]
fn a_mistake_in_the_rules_is_an_error() {
    let cases = [
        ("preset = 'azure'", "unknown variant `azure`"),
        (
            "preset = 'envoy'",
            "envoy_retry_on: the preset envoy needs it",
        ),
        (
            "envoy_retry_on = ['5xx']",
            "envoy_retry_on: the preset envoy needs it, and no other preset has it",
        ),
        (
            "statuses.transient = [99]",
            "\"99\" is not a status such as 409",
        ),
        (
            "statuses.transient = [409]\nstatuses.permanent = [409]",
            "statuses.transient: 409 is in permanent too",
        ),
        (
            "statuses.transient = ['500-509']\nstatuses.doubtful = ['505-514']",
            "statuses.transient: 500-509 is in doubtful too",
        ),
        (
            "statuses.retry = [409]",
            "unknown field `retry`, expected one of `accepted`",
        ),
        (
            "refusals = [420]",
            "refusals: 420 is not among the statuses",
        ),
        (
            "methods = ['get']",
            "expected \"all\", \"idempotent\", \"none\", \"safe\", or a list of methods",
        ),
        (
            "methods = 'some'",
            "expected \"all\", \"idempotent\", \"none\", \"safe\", or a list of methods",
        ),
        (
            "grpc = ['OK']",
            "\"OK\" is not the status of a failed gRPC call",
        ),
        (
            "headers = [{ name = 'a b', kind = 'transient' }]",
            "\"a b\" is not the name of a header field",
        ),
        (
            "headers = [{ name = 'a', kind = 'transient', is = '1', starts_with = '2' }]",
            "headers: a can have only one of is, names and starts_with",
        ),
        ("headers = [{ name = 'a' }]", "missing field `kind`"),
        (
            "faults = [{ fault = 'gremlin', kind = 'transient' }]",
            "unknown variant `gremlin`",
        ),
        (
            "delays.limits = [{ name = 'x', meaning = 'soon' }]",
            "unknown variant `soon`",
        ),
        (
            "delays.only = ['retry-before']",
            "unknown variant `retry-before`",
        ),
    ];
    for (text, message) in cases {
        let error = toml::from_str::<HttpSettings>(text)
            .expect_err(text)
            .to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn a_host_has_rules_of_its_own() {
    let settings: RetrySettings = toml::from_str(
        "http.preset = 'rfc-9110'\n[hosts.'api.github.com'.http]\npreset = 'github'\n[hosts.'*.example.org'.policy]\nmax_attempts = 9\n",
    )
    .expect("settings");
    let written = toml::to_string(&settings).expect("TOML");
    assert_eq!(
        toml::from_str::<RetrySettings>(&written).as_ref(),
        Ok(&settings),
        "{written}"
    );
    let headers = [("retry-after", "60")];
    let classify = |host: &str| {
        let rules = settings.of_host(host).http.rules();
        rules
            .classify_response(RequestInfo::new(Method::Get), 403, &headers, None)
            .is_retryable()
    };
    assert!(classify("API.GitHub.com") && !classify("github.com") && !classify("api.example.org"));
    assert_eq!(
        settings
            .of_host("api.example.org")
            .policy
            .policy()
            .max_attempts(),
        Some(9)
    );
    assert_eq!(settings.common().policy.policy().max_attempts(), Some(5));
    assert!(settings.hosts().eq(["*.example.org", "api.github.com"]));
}
