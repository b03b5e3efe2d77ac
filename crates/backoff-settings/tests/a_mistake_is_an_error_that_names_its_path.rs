//! Unknown keys, wrong types, numbers out of range and contradictions are errors that name the path and what was expected.

use backoff_settings::{BudgetSettings, PolicySettings, RetrySettings, SettingsError, read};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[allow(dead_code, reason = "it is never read")]
    retry: RetrySettings,
}

fn of_toml(text: &str) -> SettingsError {
    let value: toml::Value = toml::from_str(text).expect(text);
    read::<Config, _>(value).expect_err(text)
}

/// Mistakes in a policy.
const POLICIES: &[(&str, &str, &str)] = &[
    // (key and value, path after `retry.policy`, message)
    (
        "bases = '1s'",
        ".bases",
        "unknown field `bases`, expected one of `schedule`, `base`",
    ),
    (
        "base = 100",
        ".base",
        "\"100\" is not a duration: time unit needed",
    ),
    ("base = '-1s'", ".base", "\"-1s\" is not a duration"),
    ("base = ''", ".base", "\"\" is not a duration"),
    (
        "base = 1.5",
        ".base",
        "invalid type: floating point `1.5`, expected a duration such as \"100ms\"",
    ),
    (
        "base = true",
        ".base",
        "invalid type: boolean `true`, expected a duration",
    ),
    (
        "base = ['1s']",
        ".base",
        "invalid type: sequence, expected a duration",
    ),
    (
        "base = '1000000000000years'",
        ".base",
        "\"1000000000000years\" is not a duration",
    ),
    (
        "jitter = 'fully'",
        ".jitter",
        "no such jitter: \"fully\"; there are full",
    ),
    (
        "jitter = 'additive'",
        ".jitter",
        "\"additive\" has no amount: write additive=50ms",
    ),
    (
        "jitter = 'proportional=101%'",
        ".jitter",
        "\"101%\" is not a share from 0% to 100%",
    ),
    (
        "jitter = 'proportional=20%%'",
        ".jitter",
        "\"20%%\" is not a share from 0% to 100%",
    ),
    ("jitter = 'full=1s'", ".jitter", "no such jitter"),
    (
        "schedule = 'cubic'",
        ".schedule",
        "unknown variant `cubic`, expected one of `constant`",
    ),
    (
        "max_attempts = 0",
        ".max_attempts",
        "\"0\" is not a number of attempts from 1 to 4294967295, or \"forever\"",
    ),
    (
        "max_attempts = -1",
        ".max_attempts",
        "\"-1\" is not a number of attempts from 1 to 4294967295",
    ),
    (
        "max_attempts = 4294967296",
        ".max_attempts",
        "\"4294967296\" is not a number of attempts",
    ),
    (
        "max_attempts = 5.0",
        ".max_attempts",
        "invalid type: floating point `5.0`, expected a number of attempts",
    ),
    (
        "max_attempts = 'none'",
        ".max_attempts",
        "\"none\" is not a number of attempts",
    ),
    (
        "doubtful_limit = -1",
        ".doubtful_limit",
        "\"-1\" is not a whole number from 0 to 4294967295",
    ),
    (
        "ratio = '1/2/3'",
        ".ratio",
        "\"1/2/3\" is not a ratio from 1 on",
    ),
    ("ratio = 0.5", ".ratio", "\"0.5\" is not a ratio from 1 on"),
    (
        "ratio = '3/0'",
        ".ratio",
        "\"3/0\" is not a ratio from 1 on",
    ),
    ("ratio = inf", ".ratio", "\"inf\" is not a ratio from 1 on"),
    (
        "table = []",
        ".table",
        "0 windows are not a list of 1 to 1000 durations",
    ),
    (
        "table = ['1s', 2]",
        ".table[1]",
        "\"2\" is not a duration: time unit needed",
    ),
    ("table = '1s,,2s'", ".table", "\"\" is not a duration"),
    (
        "schedule = 'steps'",
        "",
        "schedule: steps needs a table of windows",
    ),
    (
        "schedule = 'steps'\ntable = ['1s']\nbase = '1s'",
        "",
        "base: a steps schedule has a table instead",
    ),
    ("table = ['1s']", "", "table: only a steps schedule has one"),
    ("step = '1s'", "", "step: only a linear schedule has one"),
    (
        "schedule = 'linear'\nratio = 2",
        "",
        "ratio: only an exponential schedule has one",
    ),
    (
        "base = '2s'\nmax_delay = '1s'",
        "",
        "max_delay: 1s is less than base, 2s",
    ),
    (
        "base = '1m'",
        "",
        "max_delay: 20s by default is less than base, 1m",
    ),
    (
        "throttled_base = '1m'",
        "",
        "max_delay: 20s by default is less than the throttled base, 1m",
    ),
    (
        "throttled_base = '1s'\nthrottled.base = '2s'",
        "",
        "throttled_base: throttled is set too",
    ),
    (
        "throttled.schedule = 'steps'",
        "",
        "throttled.schedule: steps needs a table of windows",
    ),
    (
        "throttled.max_delay = '1s'",
        ".throttled.max_delay",
        "unknown field `max_delay`",
    ),
    (
        "deadline = 'never'",
        ".deadline",
        "\"never\" is not a duration",
    ),
    (
        "deadline = 'none'\ndeadline_rule = 'give-up'",
        "",
        "deadline_rule: deadline is \"none\"",
    ),
    (
        "max_hint = 'none'\nhint_rule = 'clamp'",
        "",
        "hint_rule: max_hint is \"none\"",
    ),
    (
        "hint_rule = 'obey'",
        ".hint_rule",
        "unknown variant `obey`, expected one of `clamp`, `give-up`, `ignore`",
    ),
];

#[test]
fn a_mistake_in_a_policy_names_its_key_and_what_was_expected() {
    for (text, path, message) in POLICIES {
        let error = of_toml(&format!("[retry.policy]\n{text}"));
        assert_eq!(error.path, format!("retry.policy{path}"), "{text}: {error}");
        assert!(error.message.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn a_mistake_in_a_budget_or_a_host_names_its_path() {
    let cases = [
        (
            "budget.kind = 'tokens'",
            "retry.budget.kind",
            "unknown variant `tokens`, expected one of `concurrency`",
        ),
        (
            "budget.size = 1",
            "retry.budget.size",
            "unknown field `size`",
        ),
        (
            "budget.kind = 'token'",
            "retry.budget",
            "capacity: missing, and a budget of the kind token needs it",
        ),
        (
            "budget.cost = 5",
            "retry.budget",
            "cost: a budget of the kind unlimited has no such setting",
        ),
        (
            "budget = { kind = 'ratio', share = '1/0' }",
            "retry.budget.share",
            "\"1/0\" is not a share such as \"1/5\"",
        ),
        (
            "budget = { kind = 'ratio', share = [1, 2, 3] }",
            "retry.budget.share",
            "the list is not a share",
        ),
        (
            "budget = { kind = 'ratio', share = [1, 70000] }",
            "retry.budget.share[1]",
            "invalid value: integer `70000`, expected u16",
        ),
        (
            "budget = { kind = 'ratio', share = '1/5', window = '61s' }",
            "retry.budget",
            "window: 1m 1s is not from 1s to 1m",
        ),
        (
            "budget = { kind = 'ratio', share = '1/5', reserve = 70000 }",
            "retry.budget.reserve",
            "\"70000\" is not a whole number from 0 to 65535",
        ),
        (
            "budget = { kind = 'throttle', max_tokens = 1001, thousandths = 1 }",
            "retry.budget.max_tokens",
            "\"1001\" is not a whole number from 1 to 1000",
        ),
        (
            "budget = { kind = 'request', retries = 1024, waiting = '1s' }",
            "retry.budget.retries",
            "\"1024\" is not a whole number from 0 to 1023",
        ),
        (
            "hosts.'a.org'.policy.max_attempts = 0",
            "retry.hosts.a.org.policy.max_attempts",
            "\"0\" is not",
        ),
        (
            "hosts.'a.org'.policy.base = '1m'",
            "retry",
            "hosts.\"a.org\".policy.max_delay: 20s by default is less than base, 1m",
        ),
        (
            "hosts.'a.org'.retries = 3",
            "retry.hosts.a.org.retries",
            "unknown field `retries`",
        ),
        (
            "hosts.'https://a.org'.budget.kind = 'unlimited'",
            "retry",
            "hosts.\"https://a.org\": not a host",
        ),
        (
            "hosts.'A.org' = {}\nhosts.'a.org' = {}",
            "retry",
            "hosts.\"a.org\": the host is there twice",
        ),
    ];
    for (text, path, message) in cases {
        let error = of_toml(&format!("[retry]\n{text}"));
        assert_eq!(error.path, path, "{text}: {error}");
        assert!(error.message.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn the_formats_say_the_line_too() {
    let toml =
        toml::Deserializer::parse("[retry.policy]\nbase = '1s'\nmax_atempts = 3\n").expect("TOML");
    let error = read::<Config, _>(toml).expect_err("a typing error");
    assert_eq!(error.path, "retry.policy.max_atempts");
    assert!(error.message.contains("line 3, column 1"), "{error}");

    let json = "{ \"retry\": {\n \"policy\": {\n \"max_attempts\": 0 } } }";
    let error = read::<Config, _>(&mut serde_json::Deserializer::from_str(json)).expect_err(json);
    assert_eq!(error.path, "retry.policy.max_attempts");
    assert!(error.message.contains("line 3 column"), "{error}");

    let yaml = "retry:\n  policy:\n    max_attempts: 0\n";
    let error = read::<Config, _>(serde_norway::Deserializer::from_str(yaml)).expect_err(yaml);
    assert_eq!(error.path, "retry.policy.max_attempts");
    assert!(error.message.contains("line 3 column"), "{error}");
}

#[test]
fn an_environment_variable_is_named_in_its_error() {
    let cases = [
        (
            "MAX_ATTEMPTS",
            "0",
            "\"0\" is not a number of attempts from 1",
        ),
        ("MAX_ATEMPTS", "3", "unknown field `max_atempts`"),
        ("BASE", "1m", "20s by default is less than base, 1m"),
        (
            "THROTTLED",
            "1s",
            "invalid type: string \"1s\", expected struct ScheduleKeys",
        ),
    ];
    for (name, value, message) in cases {
        let variables = [(format!("ORDERS_RETRY_{name}"), value.to_owned())];
        let error = PolicySettings::default()
            .with_variables("ORDERS_RETRY", variables)
            .expect_err(name);
        let name = if name == "BASE" { "MAX_DELAY" } else { name };
        assert_eq!(error.path, format!("ORDERS_RETRY_{name}"), "{error}");
        assert!(error.message.starts_with(message), "{error}");
    }
}

#[test]
fn an_empty_document_is_the_default() {
    let [policy, budget, all] = [
        toml::to_string(&toml::from_str::<PolicySettings>("").expect("a policy")),
        toml::to_string(&toml::from_str::<BudgetSettings>("").expect("a budget")),
        toml::to_string(&toml::from_str::<RetrySettings>("").expect("settings")),
    ]
    .map(|text| text.expect("TOML"));
    assert_eq!(policy, "");
    assert_eq!(budget, "kind = \"unlimited\"\n");
    let again: RetrySettings = toml::from_str(&all).expect(&all);
    assert_eq!(again, RetrySettings::default());
}
