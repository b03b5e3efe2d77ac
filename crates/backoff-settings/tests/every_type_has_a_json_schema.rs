//! Every type has a JSON schema, which names its keys.

#![cfg(all(feature = "http", feature = "schemars-1"))]

use backoff_settings::{BudgetSettings, HttpSettings, PolicySettings, RetrySettings};
use schemars::{Schema, schema_for};

fn keys(schema: &Schema) -> Vec<String> {
    let value = serde_json::to_value(schema).expect("JSON");
    let properties = value["properties"].as_object().expect("an object");
    assert_eq!(
        value["additionalProperties"], false,
        "unknown keys are errors"
    );
    properties.keys().cloned().collect()
}

#[test]
fn a_schema_has_the_keys_of_its_type_and_no_others() {
    let mut policy = keys(&schema_for!(PolicySettings));
    policy.sort();
    assert_eq!(
        policy,
        [
            "attempt_timeout",
            "base",
            "deadline",
            "deadline_rule",
            "doubtful_limit",
            "first_delay",
            "hint_rule",
            "jitter",
            "max_attempts",
            "max_delay",
            "max_hint",
            "ratio",
            "schedule",
            "step",
            "table",
            "throttled",
            "throttled_base",
        ]
    );
    assert_eq!(keys(&schema_for!(BudgetSettings)).len(), 15);
    assert!(keys(&schema_for!(HttpSettings)).contains(&"statuses".to_owned()));
    let mut all = keys(&schema_for!(RetrySettings));
    all.sort();
    assert_eq!(all, ["budget", "hosts", "http", "policy"]);
}

#[test]
fn a_schema_says_what_a_value_is() {
    let schema = serde_json::to_value(schema_for!(PolicySettings)).expect("JSON");
    let base = &schema["properties"]["base"];
    assert!(base.to_string().contains("a duration such as"), "{base}");
    assert!(
        base["description"]
            .as_str()
            .is_some_and(|text| text.contains("100 ms")),
        "{base}"
    );
}
