//! The sequences of other projects' tests, step by step: `shared/vectors/token_bucket.json` beside the
//! repository, or above it.

use std::path::Path;
use std::time::Duration;

use backoff_core::{
    Account, Budget, CallEnd, ConcurrencyBudget, Decision, Failure, FailureKind, GiveUp,
    PlannedRetry, Policy, RatioBudget, RetryState, TokenBudget,
};
use serde_json::Value;

/// Groups that are about something else than a budget.
const OTHER_SUBJECTS: &[(&str, &str)] = &[
    (
        "aws-adaptive-cubic",
        "the rate of first attempts, not of retries",
    ),
    ("aws-cubic-params", "the same"),
    ("aws-rate-clocker", "the same"),
    (
        "grpc-a6-maxattempts",
        "the smaller of two settings for the number of attempts",
    ),
];

/// Cases that come out differently on purpose.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    // (group, case, difference)
    (
        "aws-standard-2.1-long-polling",
        "Long-polling backoff after transient error when token bucket empty",
        NO_WAIT,
    ),
    (
        "aws-standard-2.1-long-polling",
        "Long-polling backoff after throttling error when token bucket empty",
        NO_WAIT,
    ),
    ("finagle-retry-budget", "ttl 0", "counts as 1 s"),
    ("finagle-retry-budget", "ttl 61", "counts as 60 s"),
    ("finagle-retry-budget", "min -1", "cannot be written"),
    ("finagle-retry-budget", "percent -1", "cannot be written"),
];

/// The refusal is checked; the wait is left to whoever polls.
const NO_WAIT: &str = "a call that is given up does not wait";

const START: Duration = Duration::from_secs(100);

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped should say so")]
fn every_group_is_replayed_or_about_something_else() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/vectors/token_bucket.json"))
        .find(|path| path.is_file());
    let Some(path) = path else {
        println!("skipped: no shared/vectors/token_bucket.json beside the repository");
        return;
    };
    let text = std::fs::read_to_string(path).expect("a readable file");
    let document: Value = serde_json::from_str(&text).expect("a JSON document");
    let groups = document["groups"].as_array().expect("groups");
    let replayed = groups.iter().filter(|group| replay(group)).count();
    assert_eq!(replayed + OTHER_SUBJECTS.len(), groups.len());
}

/// Checks every case of a group; `false` for one about something else.
fn replay(group: &Value) -> bool {
    let name = word(group, "group");
    if OTHER_SUBJECTS.iter().any(|(other, _)| *other == name) {
        return false;
    }
    for case in group["cases"].as_array().expect("cases") {
        let name = (name, word(case, "name"));
        match name.0 {
            "aws-quota-checker-2.0" => quota(name, case, TokenBudget::aws_2_0()),
            "aws-quota-checker-2.1" => quota(name, case, TokenBudget::aws_2_1()),
            "aws-dynamodb-2.1" => invocations(name, &case["steps"], &dynamo(), None),
            "envoy-retry-budget" => in_flight(name, case, &group["params"]),
            "finagle-retry-budget" => ratio(name, case, &case["expected_retried"]),
            "tower-tps-budget" => operations(name, case),
            "tower-tps-budget-observed" => ratio(name, case, &case["wanted"]),
            group if group.starts_with("aws-standard-2.1-") => standard(name, case),
            group => panic!("{group} is neither replayed nor about something else"),
        }
    }
    true
}

type Name<'n> = (&'n str, &'n str);

fn differs(name: Name<'_>) -> Option<&'static str> {
    let mut differences = DIFFERENCES.iter();
    let (.., difference) = differences.find(|(group, case, _)| (*group, *case) == name)?;
    Some(difference)
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn number(value: &Value, key: &str) -> Option<u32> {
    value[key].as_u64().map(|n| n.try_into().expect("a u32"))
}

/// A fraction of ten thousand.
fn of_ten_thousand(value: &Value) -> Option<u16> {
    let fraction = format!("{:.0}", value.as_f64()? * 10_000.0);
    Some(fraction.parse().expect("at most six"))
}

fn withdraw<B: Budget>(account: &mut Account<B>, kind: FailureKind) -> bool {
    account.withdraw(&PlannedRetry::new(START, kind.into(), Duration::ZERO))
}

/// botocore's `RetryQuotaChecker`: what each failure takes and each call gives back.
fn quota(name: Name<'_>, case: &Value, budget: TokenBudget) {
    let budget = match number(case, "initial") {
        Some(tokens) => budget.with_tokens(tokens),
        None => budget,
    };
    let mut account = Account::new(&budget);
    for step in case["steps"].as_array().expect("steps") {
        let kind = match word(step, "fail") {
            "timeout" => FailureKind::Transient,
            "throttling" => FailureKind::Throttled,
            _ => FailureKind::Doubtful, // a status of 500
        };
        if step["fail"].is_string() {
            let acquired = withdraw(&mut account, kind);
            let refused = step["acquired"] == false || step["reason"] == "RetryQuotaReached";
            assert_eq!(acquired, !refused, "{name:?}: {step}");
        } else {
            let status = match number(step, "new_call_first_attempt_status") {
                Some(status) => {
                    account = Account::new(&budget);
                    status
                }
                None => number(step, "final_status").expect("a status"),
            };
            account.end(match status {
                200 => CallEnd::Succeeded,
                400 => CallEnd::GaveUp(GiveUp::Permanent),
                _ => CallEnd::GaveUp(GiveUp::Attempts),
            });
        }
        if let Some(tokens) = number(step, "quota") {
            assert_eq!(budget.tokens(), tokens, "{name:?}: {step}");
        }
    }
}

/// The AWS SDKs' standard mode, version 2.1.
fn standard(name: Name<'_>, case: &Value) {
    let given = &case["given"];
    let policy = aws(50).with_max_attempts(number(given, "max_attempts").unwrap_or(3));
    invocations(
        name,
        &case["responses"],
        &policy,
        number(given, "initial_retry_tokens"),
    );
}

fn aws(base_millis: u64) -> Policy {
    let base = Duration::from_millis(base_millis);
    Policy::exponential(base, Duration::from_secs(20))
        .with_throttled_schedule(backoff_core::Exponential::new(Duration::from_secs(1)))
        .without_deadline()
}

fn dynamo() -> Policy {
    aws(25).with_max_attempts(4)
}

/// Calls one after another, each up to its success, with the largest of random numbers.
fn invocations(name: Name<'_>, steps: &Value, policy: &Policy, tokens: Option<u32>) {
    let budget = TokenBudget::aws_2_1();
    let budget = budget.with_tokens(tokens.unwrap_or(500));
    let (mut retry, mut account) = (policy.start(), Account::new(&budget));
    for step in steps.as_array().expect("steps") {
        // Two notations: flat, and divided into what came and what is expected.
        let (response, expected) = match step.get("response") {
            Some(response) => (response, &step["expected"]),
            None => (step, step),
        };
        let (outcome, delay) = respond(&mut retry, &mut account, response);
        if outcome == "success" {
            (retry, account) = (policy.start(), Account::new(&budget));
        }
        assert_eq!(outcome, expected_outcome(expected), "{name:?}: {step}");
        if let Some(tokens) = number(expected, "retry_quota").or(number(expected, "quota")) {
            assert_eq!(budget.tokens(), tokens, "{name:?}: {step}");
        }
        let seconds = expected["delay"].as_f64().or(expected["delay_s"].as_f64());
        if differs(name).is_none() {
            assert_eq!(delay.map(|d| d.as_secs_f64()), seconds, "{name:?}: {step}");
        }
    }
}

/// What a call makes of a response: the outcome in the words of the AWS tests, and the wait.
fn respond(
    retry: &mut RetryState<&Policy>,
    account: &mut Account<&TokenBudget>,
    response: &Value,
) -> (&'static str, Option<Duration>) {
    let failure = match number(response, "status_code") {
        Some(200) => {
            account.end(CallEnd::Succeeded);
            return ("success", None);
        }
        _ if word(response, "error_code") == "Throttling" => Failure::throttled(),
        Some(500..) => Failure::transient(),
        _ => Failure::permanent(),
    };
    match retry.on_failure(Duration::ZERO, failure, u32::MAX) {
        Decision::Retry { after }
            if account.withdraw(&PlannedRetry::new(START, failure, after)) =>
        {
            ("retry_request", Some(after))
        }
        Decision::Retry { .. } => ("retry_quota_exceeded", None),
        Decision::GiveUp(GiveUp::Permanent) => ("fail_request", None),
        Decision::GiveUp(_) => ("max_attempts_exceeded", None),
    }
}

fn expected_outcome(expected: &Value) -> &str {
    match (expected["retry"].as_bool(), word(expected, "reason")) {
        (Some(true), _) => "retry_request",
        (Some(false), "MaxAttemptsReached") => "max_attempts_exceeded",
        _ => word(expected, "outcome"),
    }
}

/// Finagle's and tower's: at a standing clock, 10,000 times a call that asks for a retry.
fn ratio(name: Name<'_>, case: &Value, expected: &Value) {
    if differs(name).is_some() {
        return;
    }
    let Some(percent) = of_ten_thousand(&case["percent"]) else {
        panic!("{name:?}: no ratio");
    };
    let budget = ratio_budget(percent, case);
    let begin = || {
        let mut account = Account::new(&budget);
        account.begin(START);
        account
    };
    let expected = match number(case, "expected_balance") {
        None => expected.as_u64(),
        Some(balance) => {
            (0..10_000).for_each(|_| drop(begin()));
            let mut account = Account::new(&budget);
            let retries = (0..).take_while(|_| withdraw(&mut account, FailureKind::Transient));
            assert_eq!(
                retries.take(100_000).count() as u64,
                u64::from(balance),
                "{case}"
            );
            return;
        }
    };
    let asks = |_: &u32| withdraw(&mut begin(), FailureKind::Transient);
    let retried = (0..10_000).filter(asks).count() as u64;
    assert_eq!(Some(retried), expected, "{name:?}: {case}"); // with no tolerance
}

fn ratio_budget(ten_thousandths: u16, case: &Value) -> RatioBudget {
    let seconds = case["ttl_s"].as_u64().unwrap_or(60);
    let reserve = case["min_per_sec"].as_u64().unwrap_or(0);
    RatioBudget::new(ten_thousandths, 10_000)
        .with_window(Duration::from_secs(seconds))
        .with_reserve(reserve.try_into().expect("a u16"))
}

/// tower's: deposits and withdrawals while the clock moves.
fn operations(name: Name<'_>, case: &Value) {
    let percent = of_ten_thousand(&case["percent"]).expect("a ratio");
    let budget = ratio_budget(percent, case);
    let mut now = START;
    for operation in case["ops"].as_array().expect("operations") {
        let mut account = Account::new(&budget);
        match operation[0].as_str() {
            Some("deposit") => account.begin(now),
            Some("advance_ms") => {
                now += Duration::from_millis(operation[1].as_u64().expect("milliseconds"));
            }
            _ => {
                let granted = account.withdraw(&PlannedRetry::new(
                    now,
                    Failure::transient(),
                    Duration::ZERO,
                ));
                assert_eq!(Some(granted), operation[1].as_bool(), "{name:?} at {now:?}");
            }
        }
    }
}

/// Envoy's: whether one more may retry beside so many retries and requests.
fn in_flight(name: Name<'_>, case: &Value, params: &Value) {
    let setting = |step: &Value, key| {
        let found = [step, case, params]
            .into_iter()
            .find_map(|v| v[key].as_f64());
        format!("{:.0}", found.expect("a setting"))
            .parse::<u16>()
            .expect("a u16")
    };
    for step in case["steps"].as_array().expect("steps") {
        let percent = setting(step, "budget_percent");
        let minimum = setting(step, "min_retry_concurrency");
        let budget = ConcurrencyBudget::new(percent, 100).with_min_retries(minimum.into());
        let retries = number(step, "active_retries").expect("retries");
        // The call that asks is in flight itself.
        let calls = number(step, "active_requests")
            .expect("requests")
            .max(retries + 1);
        let mut accounts: Vec<_> = (0..calls).map(|_| Account::new(&budget)).collect();
        for account in &mut accounts {
            account.begin(START);
        }
        let mut asks = accounts
            .iter_mut()
            .map(|a| withdraw(a, FailureKind::Transient));
        assert!(
            asks.by_ref().take(retries as usize).all(|granted| granted),
            "{name:?}: {step}"
        );
        assert_eq!(asks.next(), step["allowed"].as_bool(), "{name:?}: {step}");
    }
}
