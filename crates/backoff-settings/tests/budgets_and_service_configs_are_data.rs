//! Budgets are data, and so is what gRPC's service config says about retries.

use std::time::Duration;

use backoff_core::{Account, CallEnd, Failure, PlannedRetry};
use backoff_settings::{BudgetSettings, GrpcServiceConfig};

/// How many retries of 100 calls at one moment a budget allows.
fn granted(budget: &BudgetSettings) -> usize {
    let budget = budget.budget();
    let now = Duration::from_secs(1);
    let mut calls: Vec<_> = (0..100).map(|_| Account::new(&budget)).collect();
    for call in &mut calls {
        call.begin(now);
    }
    let retry = PlannedRetry::new(now, Failure::throttled(), Duration::from_millis(100));
    let count = calls
        .iter_mut()
        .filter_map(|call| call.withdraw(&retry).then_some(()))
        .count();
    for call in &mut calls {
        call.end(CallEnd::Succeeded);
    }
    count
}

#[test]
fn every_kind_of_budget_is_data_and_survives_it() {
    let cases = [
        ("", 100),
        ("kind = 'unlimited'", 100),
        ("kind = 'concurrency'\nshare = [1, 5]", 20),
        ("kind = 'concurrency'\nshare = '1/100'\nmin_retries = 7", 7),
        ("kind = 'ratio'\nshare = '1/5'\nreserve = 0", 20),
        (
            "kind = 'ratio'\nshare = '1/5'\nreserve = 2\nwindow = '5s'",
            30,
        ),
        ("kind = 'request'\nretries = 9\nwaiting = '1m'", 9),
        ("kind = 'request'\nretries = 900\nwaiting = '500ms'", 5),
        ("kind = 'throttle'\nmax_tokens = 10\nthousandths = 100", 4),
        ("kind = 'token'\ncapacity = 50\ncost = 10", 5),
        (
            "kind = 'token'\ncapacity = 50\ncost = 10\nthrottled_cost = 5\nreward = 0",
            10,
        ),
        (
            "kind = 'token'\ncapacity = 50\ncost = 5\ntransient_cost = 50\ndoubtful_cost = 50",
            10,
        ),
    ];
    for (text, expected) in cases {
        let settings: BudgetSettings = toml::from_str(text).expect(text);
        assert_eq!(granted(&settings), expected, "{text}");
        let written = toml::to_string(&settings).expect("TOML");
        let again: BudgetSettings = toml::from_str(&written).expect(&written);
        assert_eq!(again, settings, "{written}");
    }
}

const CONFIG: &str = r#"{
    "loadBalancingConfig": [{ "round_robin": {} }],
    "methodConfig": [
        {
            "name": [{ "service": "shop.Orders", "method": "Create" }],
            "waitForReady": true,
            "retryPolicy": {
                "maxAttempts": 3, "initialBackoff": "0.05s", "maxBackoff": "2s", "backoffMultiplier": 2,
                "retryableStatusCodes": [14, "resource_exhausted"], "perAttemptRecvTimeout": "1.5s"
            }
        },
        {
            "name": [{ "service": "shop.Orders" }, { "service": "shop.Users" }],
            "timeout": "9s",
            "retryPolicy": {
                "maxAttempts": 50, "initialBackoff": "3s", "maxBackoff": "1s", "backoffMultiplier": 1.6,
                "retryableStatusCodes": ["UNAVAILABLE"]
            }
        },
        { "name": [{}], "timeout": "30s" }
    ],
    "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1 }
}"#;

#[test]
fn a_service_config_of_grpc_is_read() {
    let config: GrpcServiceConfig = serde_json::from_str(CONFIG).expect("a service config");
    let jitter = "proportional jitter of 20 %";
    let cases = [
        (
            "shop.Orders",
            "Create",
            format!(
                "exponential from 50 ms to 2 s, {jitter}, 3 attempts, 1.5 s per attempt, no deadline"
            ),
        ),
        (
            "shop.Orders",
            "Get",
            format!("exponential from 1 s by 8/5 to 1 s, {jitter}, 5 attempts, 9 s"),
        ),
        (
            "shop.Users",
            "Create",
            format!("exponential from 1 s by 8/5 to 1 s, {jitter}, 5 attempts, 9 s"),
        ),
        (
            "shop.Carts",
            "Create",
            "exponential from 100 ms to 20 s, full jitter, 1 attempt, 30 s".to_owned(),
        ),
    ];
    for (service, method, expected) in cases {
        let settings = config.method(service, method);
        assert_eq!(
            settings.policy.policy().to_string(),
            expected,
            "{service}/{method}"
        );
    }
    let retryable = &config.method("shop.Orders", "Create").retryable;
    assert_eq!(*retryable, ["UNAVAILABLE", "RESOURCE_EXHAUSTED"]);
    assert_eq!(granted(&config.budget()), 4);
    let empty: GrpcServiceConfig = serde_json::from_str("{}").expect("a service config");
    assert_eq!(granted(&empty.budget()), 100);
    assert_eq!(
        empty.method("a", "b").policy.policy().max_attempts(),
        Some(1)
    );
}

#[test]
fn a_mistake_in_a_service_config_is_told_by_its_key() {
    let retry = |change: &str| {
        let keys = "\"maxAttempts\": 3, \"initialBackoff\": \"1s\", \"maxBackoff\": \"2s\", \"backoffMultiplier\": 2, \
                    \"retryableStatusCodes\": [\"UNAVAILABLE\"]";
        let (key, value) = change.split_once(": ").expect("a key");
        let kept = keys
            .split(", ")
            .filter(|pair| !pair.starts_with(key))
            .collect::<Vec<_>>()
            .join(", ");
        format!(
            "{{ \"methodConfig\": [{{ \"name\": [{{}}], \"retryPolicy\": {{ {kept}, {key}: {value} }} }}] }}"
        )
    };
    let cases = [
        (
            retry("\"maxAttempts\": 1"),
            "methodConfig[0].retryPolicy.maxAttempts: 1 is not a number from 2 on",
        ),
        (
            retry("\"initialBackoff\": \"0s\""),
            "methodConfig[0].retryPolicy.initialBackoff: 0s is not above zero",
        ),
        (
            retry("\"maxBackoff\": \"1m\""),
            "\"1m\" is not a duration in seconds such as \"0.1s\"",
        ),
        (
            retry("\"backoffMultiplier\": 0.5"),
            "\"0.5\" is not a ratio from 1 on",
        ),
        (
            retry("\"retryableStatusCodes\": []"),
            "methodConfig[0].retryPolicy.retryableStatusCodes: the list is empty",
        ),
        (
            retry("\"retryableStatusCodes\": [\"OK\"]"),
            "\"OK\" is not the status of a failure",
        ),
        (
            retry("\"retryableStatusCodes\": [17]"),
            "17 is not the status of a failure",
        ),
        (retry("\"retries\": 3"), "unknown field `retries`"),
        (
            "{ \"methodConfig\": [{ \"name\": [{ \"method\": \"a\" }] }] }".to_owned(),
            "methodConfig[0].name: a method needs its service",
        ),
        (
            "{ \"methodConfig\": [{ \"name\": [{}] }, { \"name\": [{}] }] }".to_owned(),
            "methodConfig[1].name: \"\", \"\" has an entry already",
        ),
        (
            "{ \"retryThrottling\": { \"maxTokens\": 0, \"tokenRatio\": 1 } }".to_owned(),
            "retryThrottling.maxTokens: 0 is not a number from 1 to 1000",
        ),
        (
            "{ \"retryThrottling\": { \"maxTokens\": 1, \"tokenRatio\": 0 } }".to_owned(),
            "retryThrottling.tokenRatio: 0 is not a number from 0.001 on",
        ),
    ];
    for (json, message) in cases {
        let error = serde_json::from_str::<GrpcServiceConfig>(&json)
            .expect_err(&json)
            .to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
}
