//! Settings come in layers: a file, the environment, and the crates that applications use for both.

use std::env;
use std::process::Command;

use backoff_settings::{PolicySettings, RetrySettings};
use figment::Jail;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Config {
    retry: PolicySettings,
}

const FILE: &str = "[retry]\nbase = '200ms'\nmax_delay = '30s'\nmax_attempts = 4\n";

const EXPECTED: &str = "exponential from 300 ms to 30 s, full jitter, 7 attempts, 90 s";

#[test]
fn the_environment_overrides_a_file() {
    let config: Config = toml::from_str(FILE).expect("a file");
    let variables = [
        ("ORDERS_RETRY_BASE", "300ms"),
        ("ORDERS_RETRY_MAX_ATTEMPTS", "7"),
        ("ORDERS_RETRY_DEADLINE", "1m 30s"),
        ("ORDERS_RETRYING_BASE", "5s"), // another prefix
        ("ORDERS_PORT", "8080"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = config.retry.with_variables("ORDERS_RETRY", variables);
    assert_eq!(settings.expect("settings").policy().to_string(), EXPECTED);
}

#[allow(clippy::result_large_err, reason = "the error is figment's")]
#[test]
fn figment_reads_them_from_its_layers() {
    Jail::expect_with(|jail| {
        jail.create_file("orders.toml", FILE)?;
        jail.set_env("ORDERS_RETRY__BASE", "300ms");
        jail.set_env("ORDERS_RETRY__MAX_ATTEMPTS", 7);
        jail.set_env("ORDERS_RETRY__DEADLINE", "1m 30s");
        let figment = figment::Figment::new()
            .merge(Toml::file("orders.toml"))
            .merge(Env::prefixed("ORDERS_").split("__"));
        let config: Config = figment.extract()?;
        assert_eq!(config.retry.policy().to_string(), EXPECTED);

        let error = figment
            .merge(("retry.max_attempts", 0))
            .extract::<Config>()
            .expect_err("no attempt");
        assert!(
            error.to_string().contains("from 1 to 4294967295"),
            "{error}"
        );
        assert_eq!(error.path, ["retry", "max_attempts"]);
        Ok(())
    });
}

#[test]
fn config_reads_them_from_its_layers() {
    let variables = [
        ("ORDERS__RETRY__BASE", "300ms"),
        ("ORDERS__RETRY__MAX_ATTEMPTS", "7"),
        ("ORDERS__RETRY__DEADLINE", "1m 30s"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let environment = config::Environment::with_prefix("ORDERS")
        .separator("__")
        .source(Some(variables.into_iter().collect()));
    let config: Config = config::Config::builder()
        .add_source(config::File::from_str(FILE, config::FileFormat::Toml))
        .add_source(environment)
        .build()
        .and_then(config::Config::try_deserialize)
        .expect("settings");
    assert_eq!(config.retry.policy().to_string(), EXPECTED);
}

#[test]
fn every_key_has_a_variable() {
    let cases = [
        (
            "SCHEDULE=linear STEP=1s BASE=2s",
            "linear from 2 s by 1 s to 20 s, full jitter, 5 attempts, 60 s",
        ),
        (
            "SCHEDULE=steps TABLE=1s,5s,1m",
            "steps of 1 s, then 5 s, then 60 s, full jitter, 5 attempts, 60 s",
        ),
        (
            "RATIO=1.5 JITTER=proportional=20%",
            "exponential from 100 ms by 3/2 to 20 s, proportional jitter of 20 %, 5 attempts, 60 s",
        ),
        (
            "THROTTLED_BASE=2s",
            "exponential from 100 ms to 20 s, when throttled exponential from 2 s, full jitter, 5 attempts, 60 s",
        ),
        (
            "MAX_ATTEMPTS=forever DEADLINE=none",
            "exponential from 100 ms to 20 s, full jitter, no attempt limit, no deadline",
        ),
        (
            "ATTEMPT_TIMEOUT=3s DOUBTFUL_LIMIT=0",
            "exponential from 100 ms to 20 s, full jitter, 5 attempts, 3 s per attempt, no doubtful retries, 60 s",
        ),
        (
            "FIRST_DELAY=1m",
            "exponential from 100 ms to 20 s, full jitter, 5 attempts, 60 s, first attempt within 60 s",
        ),
        (
            "MAX_HINT=9s HINT_RULE=clamp",
            "exponential from 100 ms to 20 s, full jitter, 5 attempts, 60 s, hints up to 9 s, longer ones clamped",
        ),
        (
            "DEADLINE_RULE=clamp-to-remaining MAX_DELAY=none",
            "exponential from 100 ms, full jitter, 5 attempts, 60 s and a last attempt at its end",
        ),
    ];
    for (text, expected) in cases {
        let variables = text.split(' ').map(|pair| {
            let (name, value) = pair.split_once('=').expect("a pair");
            (format!("R_{name}"), value.to_owned())
        });
        let settings = PolicySettings::default()
            .with_variables("R", variables)
            .expect(text);
        assert_eq!(settings.policy().to_string(), expected, "{text}");
    }
}

#[test]
fn another_schedule_removes_what_it_has_no_use_for() {
    let cases = [
        (
            "schedule = 'steps'\ntable = ['1s']",
            "schedule",
            "linear",
            "linear from 100 ms by 100 ms to 20 s",
        ),
        (
            "ratio = 3\nbase = '2s'",
            "schedule",
            "constant",
            "constant 2 s",
        ),
        (
            "deadline = '9s'\ndeadline_rule = 'clamp-to-remaining'",
            "deadline",
            "none",
            "exponential from 100 ms to 20 s, full jitter, 5 attempts, no deadline",
        ),
        (
            "max_hint = '9s'\nhint_rule = 'clamp'",
            "max_hint",
            "none",
            "exponential from 100 ms to 20 s, full jitter, 5 attempts, 60 s, hints of any length",
        ),
    ];
    for (file, key, value, expected) in cases {
        let settings: PolicySettings = toml::from_str(file).expect(file);
        let changed = settings.with_overrides([(key, value)]).expect(file);
        let text = changed.policy().to_string();
        assert!(
            text.starts_with(expected),
            "{file}, {key} = {value}: {text}"
        );
    }
}

#[test]
fn a_host_keeps_its_own_keys_over_another_policy() {
    let settings: RetrySettings = toml::from_str(
        "policy.max_attempts = 4\n[hosts.'a.org'.policy]\nmax_attempts = 2\n[hosts.'b.org'.policy]\nbase = '1s'\n",
    )
    .expect("settings");
    let policy = |variable: &str, value: &str| {
        let variables = [(format!("R_{variable}"), value.to_owned())];
        let policy = settings.common().policy.with_variables("R_", variables);
        policy.expect("a policy")
    };
    let changed = settings.with_policy(policy("MAX_ATTEMPTS", "7"));
    let changed = changed.expect("settings");
    let attempts = |host| changed.of_host(host).policy.policy().max_attempts();
    assert_eq!(
        ["a.org", "b.org", "c.org"].map(attempts),
        [Some(2), Some(7), Some(7)]
    );
    let error = settings.with_policy(policy("MAX_DELAY", "500ms"));
    assert_eq!(
        error.expect_err("a contradiction").to_string(),
        "hosts.\"b.org\".policy.max_delay: 500ms is less than base, 1s"
    );
}

/// The variables of a process can only be set from outside.
#[test]
fn the_environment_of_the_process_is_read() {
    const NAME: &str = "the_environment_of_the_process_is_read";
    if env::var_os("READS_ITS_ENVIRONMENT").is_some() {
        let settings = PolicySettings::default().with_environment("LAYERS_TEST");
        assert_eq!(settings.expect("settings").policy().max_attempts(), Some(7));
        return;
    }
    let output = Command::new(env::current_exe().expect("this test"))
        .args(["--exact", NAME])
        .env("READS_ITS_ENVIRONMENT", "1")
        .env("LAYERS_TEST_MAX_ATTEMPTS", "7")
        .output()
        .expect("this test again");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}
