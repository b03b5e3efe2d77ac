//! Compares delays with those of the cases.

use backoff_core::{Decision, Failure, HintRule, Jitter, Policy};
use backoff_http::HttpDate;
use serde_json::Value;
use std::time::{Duration, UNIX_EPOCH};

/// The time of a case that names none.
const NOW: i64 = 1_700_000_000;

/// Compares a delay in milliseconds, after the policy's limit where the case has one.
pub(crate) fn compare(case: &Value, delay: Option<Duration>) -> Option<String> {
    let expected = &case["expected"];
    let delay = delay.map(|delay| match limit(&case["config"]) {
        Some(limit) if !delay.is_zero() => clamped(delay, limit),
        _ => delay,
    });
    let agrees = match (expected["delay_ms"].as_f64(), delay) {
        (None, None) => true,
        // A delay that no number of 64 bits holds is the longest one.
        (Some(millis), Some(delay)) => {
            let found = delay.as_secs_f64() * 1000.0;
            (found - millis).abs() < 1e-6 || (millis > found && delay.as_secs() == u64::MAX)
        }
        _ => false,
    };
    (!agrees).then(|| format!("{delay:?}"))
}

fn limit(config: &Value) -> Option<Duration> {
    let seconds = config["retry_after_max"].as_u64().map(Duration::from_secs);
    seconds.or_else(|| config["max_ms"].as_u64().map(Duration::from_millis))
}

/// What a policy that clamps hints makes of one.
pub(crate) fn clamped(hint: Duration, limit: Duration) -> Duration {
    let policy = Policy::DEFAULT
        .without_deadline()
        .with_jitter(Jitter::None)
        .with_max_hint(limit)
        .with_hint_rule(HintRule::Clamp);
    match decide(policy, Some(Failure::throttled().with_retry_after(hint))) {
        Some(Decision::Retry { after }) => after,
        other => panic!("{other:?}"),
    }
}

/// The policy's answer to a first failure.
pub(crate) fn decide(policy: Policy, failure: Option<Failure>) -> Option<Decision> {
    let policy = policy.with_jitter(Jitter::None);
    failure.map(|failure| policy.start().on_failure(Duration::ZERO, failure, 0))
}

pub(crate) fn now(case: &Value) -> HttpDate {
    HttpDate::from_unix(case["now"].as_i64().unwrap_or(NOW))
}

/// Fills in `<now+600s as IMF-fixdate>`, `<now+1d>` and `<past date>`.
pub(crate) fn placeholder(value: &str) -> Option<String> {
    let inside = value.strip_prefix('<')?.strip_suffix('>')?;
    let seconds = match inside.strip_prefix("now+") {
        Some(offset) => {
            let digits: String = offset.chars().take_while(char::is_ascii_digit).collect();
            let unit = if offset[digits.len()..].starts_with('d') {
                86_400
            } else {
                1
            };
            digits.parse::<i64>().ok()? * unit
        }
        None => -3_600,
    };
    let moment = UNIX_EPOCH + Duration::from_secs((NOW + seconds).unsigned_abs());
    Some(httpdate::fmt_http_date(moment))
}
