//! `backoff plan`, from the outside.

mod outside;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use backoff_core::{Decision, Failure, Policy, Schedule};
use backoff_settings::PolicySettings;

use crate::outside::{backoff, folder, text};

/// What `backoff plan --rust` prints for each of the cases, compiled with this test.
#[allow(clippy::unreadable_literal)] // Numbers are printed as they come.
mod printed {
    include!("plan/printed.rs");
}

/// How long an attempt may take, and what follows its failure.
type Step = (Option<Duration>, Decision);

/// A case: its name, the settings, and what the compiled policy does.
type Case = (&'static str, &'static str, fn() -> Vec<Step>);

/// Settings whose every key is also a flag's name and whose every value is a text.
const CASES: [Case; 16] = [
    ("plain", "", printed::plain::decisions),
    (
        "constant",
        "schedule=constant base=1500us max_delay=3s throttled_base=2s",
        printed::constant::decisions,
    ),
    (
        "exponential",
        "base=200ms max_delay=30s throttled_base=1s",
        printed::exponential::decisions,
    ),
    (
        "ratio",
        "ratio=3/2 throttled_base=1s max_attempts=9",
        printed::ratio::decisions,
    ),
    (
        "fibonacci",
        "schedule=fibonacci base=7ns throttled_base=1s",
        printed::fibonacci::decisions,
    ),
    (
        "linear",
        "schedule=linear step=1s throttled_base=2s",
        printed::linear::decisions,
    ),
    (
        "linear_by_its_base",
        "schedule=linear base=3s throttled_base=5s",
        printed::linear_by_its_base::decisions,
    ),
    (
        "steps",
        "schedule=steps table=1s,5s,1m max_delay=9s throttled_base=3s",
        printed::steps::decisions,
    ),
    ("full", "jitter=full", printed::full::decisions),
    ("equal", "jitter=equal", printed::equal::decisions),
    (
        "decorrelated",
        "jitter=decorrelated doubtful_limit=0",
        printed::decorrelated::decisions,
    ),
    (
        "additive",
        "jitter=additive=50ms max_hint=1s hint_rule=give-up",
        printed::additive::decisions,
    ),
    (
        "proportional",
        "jitter=proportional=20% max_hint=1s hint_rule=clamp",
        printed::proportional::decisions,
    ),
    (
        "without_jitter",
        "jitter=none max_attempts=forever deadline=none max_hint=1s hint_rule=ignore",
        printed::without_jitter::decisions,
    ),
    (
        "clamped",
        "deadline=1s deadline_rule=clamp-to-remaining attempt_timeout=300ms max_attempts=12",
        printed::clamped::decisions,
    ),
    (
        "ages",
        "base=1ns max_delay=1000years_1ns deadline=900years deadline_rule=give-up",
        printed::ages::decisions,
    ),
];

/// The decisions of a policy about runs of failures of each kind, at three points of the random range.
fn decisions<S: Schedule>(policy: &Policy<S>) -> Vec<Step> {
    let failures = [
        Failure::transient(),
        Failure::throttled(),
        Failure::doubtful(),
        Failure::transient().with_retry_after(Duration::from_secs(2)),
    ];
    let mut decisions = Vec::new();
    for failure in failures {
        for random in [0, 1 << 31, u32::MAX] {
            let mut retry = policy.start();
            for second in 0..12 {
                let elapsed = Duration::from_millis(100 * second);
                let timeout = retry.attempt_timeout(elapsed);
                decisions.push((timeout, retry.on_failure(elapsed, failure, random)));
            }
        }
    }
    decisions
}

fn pairs(settings: &str) -> impl Iterator<Item = (&str, String)> {
    let pairs = settings.split_whitespace();
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key, value.replace('_', " ")))
}

fn rust(settings: &str) -> String {
    let mut arguments = vec!["plan".to_owned(), "--rust".to_owned()];
    arguments
        .extend(pairs(settings).map(|(key, value)| format!("--{}={value}", key.replace('_', "-"))));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let output = backoff(&arguments);
    assert!(
        output.status.success(),
        "{settings}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// With `UPDATE=1` in the environment, the test writes the file instead.
#[test]
fn what_is_printed_is_what_was_compiled() {
    let mut expected = String::new();
    for (name, settings, _) in CASES {
        let printed = rust(settings);
        let _ = write!(
            expected,
            "// With {settings:?}\npub(crate) mod {name} {{\n{printed}\
             pub(crate) fn decisions() -> Vec<crate::Step> {{\n    crate::decisions(&POLICY)\n}}\n}}\n"
        );
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan/printed.rs");
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &expected).expect("a file");
    }
    let kept = include_str!("plan/printed.rs");
    assert!(
        kept == expected,
        "run it once with UPDATE=1, and look at what has changed:\n{expected}"
    );
}

#[test]
fn the_compiled_policies_decide_as_their_settings_do() {
    for (name, settings, compiled) in CASES {
        let mut table = toml::Table::new();
        for (key, value) in pairs(settings) {
            let value = match (key, value.parse()) {
                ("table", _) => {
                    toml::Value::Array(value.split(',').map(toml::Value::from).collect())
                }
                (_, Ok(number)) => toml::Value::Integer(number),
                _ => toml::Value::String(value),
            };
            table.insert(key.to_owned(), value);
        }
        let settings: PolicySettings = table.try_into().expect(name);
        assert_eq!(compiled(), decisions(&settings.policy()), "{name}");
    }
}

#[test]
fn a_plan_takes_flags_over_its_file() {
    let folder = folder("plan");
    let file = folder.join("policy.toml").display().to_string();
    let svg = folder.join("plan.svg").display().to_string();
    fs::write(&file, "base = '1s'\njitter = 'none'\nmax_attempts = 9\n").expect("a file");
    let output = backoff(&[
        "plan",
        "--policy",
        &file,
        "--max-attempts",
        "3",
        "--svg",
        &svg,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    let windows: Vec<_> = table
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(windows[2..4], ["1", "2"], "{table}");
    assert!(
        fs::read_to_string(svg)
            .expect("a drawing")
            .starts_with("<svg ")
    );
}

#[test]
fn a_plan_is_drawn_whether_it_is_printed_as_a_table_or_as_rust() {
    let svg = folder("plan-rust")
        .join("new/plan.svg")
        .display()
        .to_string();
    let output = backoff(&["plan", "--rust", "--svg", &svg]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("use backoff_core::Policy;"));
    let drawing = fs::read_to_string(svg).expect("a drawing");
    assert!(drawing.contains("When each retry is made"), "{drawing}");
}

#[test]
fn a_plan_is_printed_as_json_with_the_numbers_of_its_table() {
    let flags = ["--deadline=1s", "--max-attempts=6", "--jitter=equal"];
    let svg = folder("plan-json").join("plan.svg").display().to_string();
    let output = backoff(&[&["plan", "--json", "--svg", &svg], &flags[..]].concat());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["deadline_s"], 1.0);
    let retries = json["retries"].as_array().expect("retries");
    assert_eq!(retries.len(), 5);
    assert_eq!(retries[0]["delay_s"]["least"], 0.05);
    assert_eq!(retries[4]["made_by"], 0.0);
    assert!(retries[4]["made_at_s"].is_null(), "{json:#}");
    // The fourth delay is at least 0.4 s, and is not made after the third unless that comes early.
    assert_eq!(
        (&json["total_s"]["least"], &json["total_s"]["most"]),
        (&0.35.into(), &1.0.into())
    );
    let drawing = fs::read_to_string(svg).expect("a drawing");
    assert_eq!(drawing.matches("cut off by the deadline").count(), 1);
    assert!(drawing.contains("deadline 1s"));
    let table = text(&backoff(&[&["plan"], &flags[..]].concat()).stdout);
    assert_eq!(table.matches("cut off").count(), 1, "{table}");
}

#[test]
fn a_flag_lifts_the_timeout_of_a_policy_file() {
    let file = folder("plan-none").join("p.toml").display().to_string();
    fs::write(&file, "attempt_timeout = '1s'").expect("a file");
    let rust = |flags: &[&str]| {
        let output = backoff(&[&["plan", "--rust", "--policy", &file], flags].concat());
        text(&output.stdout)
    };
    assert!(rust(&[]).contains(".with_attempt_timeout(Duration::from_secs(1))"));
    assert!(rust(&["--attempt-timeout", "none"]).ends_with("= Policy::DEFAULT;\n"));
}

#[test]
fn a_plan_fits_the_terminal() {
    let long = "--jitter=none --base=99ms --max-attempts=40 --deadline=none";
    for columns in [40, 50, 60, 70, 80, 100, 120] {
        for flags in ["", long] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
            command.arg("plan").args(flags.split_whitespace());
            let output = command.env("COLUMNS", columns.to_string()).output();
            let plan = text(&output.expect("it starts").stdout);
            let widest = plan.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{columns}:\n{plan}");
            assert!(
                plan.starts_with("retry    window  delay"),
                "{columns}:\n{plan}"
            );
            assert_eq!(plan.contains('━'), columns >= 80, "{columns}:\n{plan}");
        }
    }
}
