//! A file, the environment and flags make one policy, and a mistake names the one that it is in.

mod outside;

use std::fs;
use std::process::Command;

use crate::outside::{backoff, folder, text};

#[test]
fn a_file_the_environment_and_flags_need_to_fit_only_together() {
    let file = folder("plan-together").join("p.toml").display().to_string();
    let steps = "--schedule=steps --table=1s,5s";
    let cases = [
        ("schedule = 'steps'", ("", ""), "--table=1s,5s", steps),
        (
            "schedule = 'steps'",
            ("TABLE", "1s,5s"),
            "--jitter=full",
            steps,
        ),
        ("table = ['1s', '5s']", ("", ""), "--schedule=steps", steps),
        (
            "table = ['1s', '5s']",
            ("SCHEDULE", "steps"),
            "--max-attempts=5",
            steps,
        ),
        (
            "base = '30s'",
            ("", ""),
            "--max-delay=1m",
            "--base=30s --max-delay=1m",
        ),
        (
            "step = '1s'",
            ("", ""),
            "--schedule=linear",
            "--schedule=linear --step=1s",
        ),
    ];
    for (policy, (key, value), flag, expected) in cases {
        fs::write(&file, policy).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
        command.args(["plan", "--rust", "--policy", &file, flag]);
        if !key.is_empty() {
            command.env(format!("BACKOFF_{key}"), value);
        }
        let output = command.output().expect("it starts");
        let told = text(&output.stderr);
        assert!(output.status.success(), "{policy} {key} {flag}: {told}");
        let expected: Vec<_> = ["plan", "--rust"]
            .into_iter()
            .chain(expected.split(' '))
            .collect();
        assert_eq!(
            text(&output.stdout),
            text(&backoff(&expected).stdout),
            "{policy} {key} {flag}"
        );
    }
}

#[test]
fn mistakes_are_told_by_flag_or_by_file_and_key() {
    const UNIT: &str = "time unit needed";
    let file = folder("plan-mistakes").join("p.toml").display().to_string();
    let cases = [
        (
            "",
            "--doubtful-limit=often",
            "--doubtful-limit: \"often\" is not a whole number from 0 to 4294967295".to_owned(),
        ),
        (
            "",
            "--max-delay=100",
            format!("--max-delay: \"100\" is not a duration: {UNIT}"),
        ),
        (
            "base = '1s'",
            "--base=7",
            format!("--base: \"7\" is not a duration: {UNIT}"),
        ),
        (
            "",
            "--table=1s,2",
            format!("--table: \"2\" is not a duration: {UNIT}"),
        ),
        (
            "base = 7",
            "--max-attempts=3",
            format!("{file}: base: TOML parse error at line 1, column 8"),
        ),
        (
            "bases = '1s'",
            "--base=1s",
            format!("{file}: TOML parse error at line 1, column 1"),
        ),
        (
            "base = ",
            "--base=1s",
            format!("{file}: TOML parse error at line 1"),
        ),
        (
            "",
            "--schedule=steps",
            "--schedule: steps needs a table of windows".to_owned(),
        ),
        (
            "",
            "--table=1s",
            "--table: only a steps schedule has one".to_owned(),
        ),
        (
            "max_delay = '1s'",
            "--base=2s",
            format!("{file}: max_delay: 1s is less than base, 2s (line 1)\n"),
        ),
        (
            "schedule = 'steps'\ntable = ['1s']",
            "--base=1s",
            "--base: a steps schedule has a table instead".to_owned(),
        ),
        (
            "",
            "--step=1s",
            "--step: only a linear schedule has one".to_owned(),
        ),
        (
            "schedule = 'linear'",
            "--ratio=2",
            "--ratio: only an exponential schedule has one".to_owned(),
        ),
    ];
    for (policy, flag, message) in cases {
        assert_refused(&file, policy, flag, &message);
    }
}

#[test]
fn what_does_not_fit_together_is_told_with_the_line_of_the_file() {
    let file = folder("plan-lines").join("p.toml").display().to_string();
    let cases = [
        (
            "schedule = 'steps'",
            "--jitter=none",
            format!("{file}: schedule: steps needs a table of windows (line 1)\n"),
        ),
        (
            "# slow\njitter = 'none'\n\ntable = ['1s']",
            "--max-attempts=3",
            format!("{file}: table: only a steps schedule has one (line 4)\n"),
        ),
        (
            "base = '1s'\n[throttled]\nratio = 2\nschedule = 'linear'",
            "--max-attempts=3",
            format!("{file}: throttled.ratio: only an exponential schedule has one (line 2)\n"),
        ),
    ];
    for (policy, flag, message) in cases {
        assert_refused(&file, policy, flag, &message);
    }
}

/// Checks that `backoff plan` with this file and this flag ends with the message.
fn assert_refused(file: &str, policy: &str, flag: &str, message: &str) {
    fs::write(file, policy).expect("a file");
    let mut arguments = vec!["plan", flag];
    if !policy.is_empty() {
        arguments.extend(["--policy", file]);
    }
    let output = backoff(&arguments);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{policy} {flag}: {told}");
    assert!(
        told.starts_with(&format!("backoff: {message}")),
        "{policy} {flag}: {told}"
    );
    assert!(
        told.ends_with('\n') && !told.ends_with("\n\n"),
        "{policy} {flag}: {told:?}"
    );
}
