//! A fleet under a policy.

use backoff_sim::{Metric, Random, Record, Scenario};
use serde_json::{Map, Value, json};

use crate::answer::{Keys, Refusal};
use crate::plan;

/// Fleet, network, server and faults, by the keys of a scenario, and the budget of the policy.
pub(crate) type World = Map<String, Value>;

/// The page draws at most this many clients. A call takes a microsecond, and memory below a kilobyte.
const MAX_CLIENTS: u64 = 100_000;

/// Simulates one run, and returns what happened over time.
pub(crate) fn simulate(keys: &Keys, mut world: World) -> Result<Value, Refusal> {
    plan::settings(keys)?; // names the key that is wrong
    let mut policy: Map<String, Value> = keys
        .iter()
        .map(|(key, value)| (key.clone(), value.clone().into()))
        .collect();
    policy.insert("name".into(), "policy".into());
    if let Some(budget) = world.remove("budget") {
        policy.insert("budget".into(), budget);
    }
    let clients = world.get("fleet").and_then(|fleet| fleet.get("clients"));
    if clients.and_then(Value::as_u64) > Some(MAX_CLIENTS) {
        return Err(refusal(&format!("at most {MAX_CLIENTS} clients here")));
    }
    world.insert("title".into(), "Playground".into());
    world.insert("policy".into(), json!([policy]));
    let text = toml::to_string(&world).map_err(|error| refusal(&error.to_string()))?;
    let scenario = Scenario::parse(&text, &[]).map_err(|error| refusal(&error.to_string()))?;
    let record = scenario.simulate(0, 0, Random::new(scenario.seed(), 0));
    if record.stood_still {
        return Err(refusal(
            "time stands still: the clients call without end at one moment",
        ));
    }
    Ok(answer(&record, &text))
}

fn answer(record: &Record, scenario: &str) -> Value {
    let intervals = record.series.intervals();
    let column =
        |of: fn(&backoff_sim::Interval) -> u64| -> Vec<u64> { intervals.iter().map(of).collect() };
    let metrics: Map<String, Value> = Metric::ALL
        .into_iter()
        .map(|metric| (metric.name().to_owned(), metric.of(record).into()))
        .collect();
    json!({
        "step": record.series.interval_length(),
        "attempts": column(|interval| interval.attempts),
        "begun": column(|interval| interval.begun),
        "succeeded": column(|interval| interval.succeeded),
        "calls": record.calls,
        "metrics": metrics,
        "scenario": scenario,
    })
}

fn refusal(message: &str) -> Refusal {
    Refusal {
        key: None,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(policy: &Value, world: Value) -> Result<Value, Refusal> {
        let keys = serde_json::from_value(policy.clone()).expect("keys");
        simulate(&keys, serde_json::from_value(world).expect("an object"))
    }

    #[test]
    fn an_outage_is_survived_by_clients_that_wait() {
        let world = json!({
            "until": "60s",
            "fleet": { "clients": 100, "within": "10s" },
            "network": { "mean": "10ms" },
            "server": { "model": "fixed-latency", "latency": "5ms" },
            "faults": { "outage": { "from": "2s", "lasting": "3s" } },
        });
        let patient = json!({ "max_attempts": "20", "base": "200ms" });
        let answer = run(&patient, world.clone()).expect("a run");
        assert_eq!(
            (&answer["calls"], &answer["metrics"]["success"]),
            (&json!(100), &json!(1.0))
        );
        let begun: u64 = answer["begun"]
            .as_array()
            .expect("counts")
            .iter()
            .filter_map(Value::as_u64)
            .sum();
        assert_eq!(begun, 100);
        let hasty = run(&json!({ "max_attempts": "1" }), world).expect("a run");
        assert!(hasty["metrics"]["success"].as_f64() < Some(1.0));
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        let server = json!({ "model": "fixed-latency", "latency": "5ms" });
        for (fleet, message) in [
            (json!({ "clients": 100_001 }), "100000"),
            (json!({}), "fleet"),
            (json!({ "clients": -1 }), "clients"),
        ] {
            let world = json!({ "fleet": fleet, "server": server });
            let refusal = run(&json!({}), world).expect_err("a refusal");
            assert!(refusal.message.contains(message), "{refusal:?}");
        }
    }
}
