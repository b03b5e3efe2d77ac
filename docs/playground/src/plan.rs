//! The schedule of a policy, for a call whose every attempt fails at once.

use std::time::Duration;

use backoff_core::{Jitter, Policy};
use backoff_settings::{AnySchedule, PolicySettings};
use backoff_sim::Random;
use serde_json::{Value, json};

use crate::answer::{Keys, Refusal};

/// The number of sampled calls: a percentile is then off by up to 1 % of the calls.
const CALLS: usize = 2_000;

/// The most retries that are drawn.
const MAX_RETRIES: usize = 20;

/// Every page draws the same samples.
const SEED: u64 = 1;

/// Plans the retries of a policy, and writes the policy as a sentence, as Rust and as TOML.
pub(crate) fn plan(keys: &Keys) -> Result<Value, Refusal> {
    let settings = settings(keys)?;
    let policy = settings.policy();
    let times = sampled_times(&policy);
    let retries: Vec<Value> = times
        .iter()
        .take(MAX_RETRIES)
        .enumerate()
        .map(|(index, times)| retry(&policy, index, times))
        .collect();
    Ok(json!({
        "retries": retries,
        "goes_on": times.len() > MAX_RETRIES,
        "deadline": policy.deadline().map(seconds),
        "text": policy.to_string(),
        "rust": settings.to_rust(),
        "toml": toml::to_string(&settings).unwrap_or_default(),
    }))
}

/// Reads the settings of a policy.
pub(crate) fn settings(keys: &Keys) -> Result<PolicySettings, Refusal> {
    PolicySettings::default()
        .with_overrides(keys.clone())
        .map_err(|error| Refusal {
            key: Some(error.path),
            message: error.message,
        })
}

/// When each retry is made by the sampled calls that make it, in ascending order.
fn sampled_times(policy: &Policy<AnySchedule>) -> Vec<Vec<f64>> {
    let mut random = Random::new(SEED, 0);
    let mut times: Vec<Vec<f64>> = Vec::new();
    for _ in 0..CALLS {
        let mut elapsed = Duration::ZERO;
        let delays = policy.delays(|| random.word()).take(MAX_RETRIES + 1);
        for (index, delay) in delays.enumerate() {
            elapsed = elapsed.saturating_add(delay);
            match times.get_mut(index) {
                Some(times) => times.push(seconds(elapsed)),
                None => times.push(vec![seconds(elapsed)]),
            }
        }
    }
    for times in &mut times {
        times.sort_unstable_by(f64::total_cmp);
    }
    times
}

fn retry(policy: &Policy<AnySchedule>, index: usize, times: &[f64]) -> Value {
    let unlimited = policy.retry_forever();
    let delay = |policy: &Policy<AnySchedule>, word| {
        seconds(policy.delays(|| word).nth(index).unwrap_or_default())
    };
    json!({
        "window": delay(&unlimited.with_jitter(Jitter::None), 0),
        "early": quantile(times, 0.05),
        "median": quantile(times, 0.5),
        "late": quantile(times, 0.95),
        "share": times.len() as f64 / CALLS as f64,
    })
}

/// Returns the value that a share of ascending values does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64) as usize;
    sorted.get(rank).copied().unwrap_or_default()
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(pairs: &[(&str, &str)]) -> Value {
        let keys = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        plan(&keys.collect()).expect("settings")
    }

    #[test]
    fn without_jitter_the_times_are_exact() {
        let plan = planned(&[("jitter", "none"), ("max_attempts", "4")]);
        let medians: Vec<_> = plan["retries"]
            .as_array()
            .expect("retries")
            .iter()
            .map(|retry| retry["median"].as_f64().expect("a time"))
            .collect();
        assert_eq!(medians, [0.1, 0.3, 0.7]);
        assert_eq!(plan["goes_on"], false);
        assert!(
            plan["toml"]
                .as_str()
                .expect("text")
                .contains("max_attempts = 4")
        );
    }

    #[test]
    fn a_policy_without_limits_goes_on() {
        let plan = planned(&[("deadline", "none"), ("max_attempts", "forever")]);
        assert_eq!(plan["goes_on"], true);
        assert_eq!(plan["retries"].as_array().map(Vec::len), Some(MAX_RETRIES));
        assert_eq!(plan["deadline"], Value::Null);
    }
}
