//! What is printed, matched, logged and run besides the command.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{Script, text};

/// Fails twice, and says so on both outputs.
const THIRD: &str =
    "echo out $BACKOFF_ATTEMPT; echo err $BACKOFF_ATTEMPT >&2; test $BACKOFF_ATTEMPT = 3";

/// Runs a script that is expected to end with this code, and returns what it prints on both outputs, without the log.
fn printed(name: &str, flags: &[&str], script: &str, code: i32) -> (String, String) {
    let output = Script::new(name, flags, script).output();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{name}: {told}");
    let lines = told.split_inclusive('\n');
    let lines = lines.filter(|line| !line.starts_with("backoff: "));
    (text(&output.stdout), lines.collect())
}

#[test]
fn the_output_of_all_attempts_or_the_last_or_a_failure_is_printed() {
    let all = ("out 1\nout 2\nout 3\n", "err 1\nerr 2\nerr 3\n");
    let cases = [
        // (mode, attempts, exit code, standard output and error)
        ("all", "5", 0, all),
        ("last", "5", 0, ("out 3\n", "err 3\n")),
        ("last", "2", 1, ("out 2\n", "err 2\n")),
        ("on-failure", "5", 0, ("", "")),
        ("on-failure", "2", 1, ("out 1\nout 2\n", "err 1\nerr 2\n")),
    ];
    for (mode, attempts, code, (stdout, stderr)) in cases {
        let name = format!("mode-{mode}{attempts}");
        let flags = ["--output", mode, "--max-attempts", attempts];
        let printed = printed(&name, &flags, THIRD, code);
        assert_eq!(printed, (stdout.to_owned(), stderr.to_owned()), "{name}");
    }
}

#[test]
fn on_failure_prints_nothing_at_all_after_a_success() {
    for flags in [
        &[][..],
        &["--verbose"],
        &["--on-retry", "echo hook; echo hook >&2"],
    ] {
        let flags = [&["--output", "on-failure"], flags].concat();
        let output = Script::new("chronic", &flags, THIRD).output();
        assert_eq!(output.status.code(), Some(0));
        let both = [text(&output.stdout), text(&output.stderr)];
        assert_eq!(both, ["", ""], "{flags:?}");
    }
}

#[test]
fn held_back_output_keeps_its_order_and_size() {
    let script = "for i in 1 2 3; do echo a$i; sleep 0.02; echo b$i >&2; sleep 0.02; done; head -c 3000000 /dev/zero; exit 2";
    let mut case = Script::new("order", &[], "");
    let backoff = env!("CARGO_BIN_EXE_backoff");
    let line =
        format!("{backoff} run --quiet --max-attempts 1 --output last -- sh -c '{script}' 2>&1");
    case.command = Command::new("sh");
    case.command.args(["-c", &line]);
    let output = case.output();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.starts_with(b"a1\nb1\na2\nb2\na3\nb3\n\0"));
    assert_eq!(output.stdout.len(), 3_000_018);
}

#[test]
fn patterns_see_the_whole_output_of_both_streams() {
    let cases = [
        // (flag, pattern, script, attempts)
        (
            "--permanent-output",
            "no such user",
            "echo no such user; head -c 3000000 /dev/zero; exit 1",
            1,
        ),
        (
            "--permanent-output",
            "no such user",
            "head -c 3000000 /dev/zero; echo no such user >&2; exit 1",
            1,
        ),
        (
            "--permanent-output",
            "begin(?s:.*)end",
            "echo begin; head -c 1000000 /dev/zero; echo end; exit 1",
            1,
        ),
        (
            "--permanent-output",
            "ab",
            "printf a; sleep 0.05; printf b; exit 1",
            1,
        ),
        (
            "--permanent-output",
            "ab",
            "printf a; printf b >&2; exit 1",
            2,
        ),
        (
            "--permanent-output",
            "^fatal",
            "echo; echo fatal; exit 1",
            1,
        ),
    ];
    for (index, (flag, pattern, script, attempts)) in cases.into_iter().enumerate() {
        let script = format!("echo >> attempts; {script}");
        let flags = [flag, pattern, "--max-attempts", "2"];
        let case = Script::new(&format!("whole{index}"), &flags, &script);
        let folder = case.folder.clone();
        assert_eq!(case.output().status.code(), Some(1), "{script}");
        let made = fs::read_to_string(folder.join("attempts")).expect("attempts");
        assert_eq!(made.lines().count(), attempts, "{script}");
    }
}

#[test]
fn a_hint_is_found_far_from_the_end_and_the_last_one_counts() {
    let scripts = [
        "echo Retry-After: 0.3; head -c 100000 /dev/zero; exit 1",
        "echo Retry-After: 9 >&2; echo x >&2; head -c 100000 /dev/zero >&2; echo Retry-After: 0.3 >&2; exit 1",
        "printf 'Retry-After: 0'; sleep 0.05; echo .3; head -c 100000 /dev/zero; exit 1",
    ];
    for (index, script) in scripts.into_iter().enumerate() {
        let flags = [
            "--hint-output",
            "Retry-After: (.+)",
            "--max-attempts",
            "2",
            "--jitter",
            "none",
        ];
        let started = Instant::now();
        let output = Script::new(&format!("far{index}"), &flags, script).output();
        let told = text(&output.stderr);
        assert!(
            told.contains("retrying in 300ms, as asked"),
            "{script}: {told}"
        );
        assert!(started.elapsed() >= Duration::from_millis(300), "{script}");
    }
    let script = "echo Retry-After: 99999999999999999999; exit 1";
    let output = Script::new("huge", &["--hint-output", "Retry-After: (.+)"], script).output();
    assert!(
        text(&output.stderr).contains("too long a wait"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_poll_ends_by_its_output() {
    let states =
        "case $BACKOFF_ATTEMPT in 1) echo Pending;; 2) echo Starting;; *) echo Ready;; esac";
    let crash = "case $BACKOFF_ATTEMPT in 1) echo Pending;; *) echo CrashLoop;; esac";
    let cases = [
        // (flags, script, attempts, exit code)
        (&["--until-output", "^Ready$"][..], states, 3, 0),
        (&["--while-output", "Pending"], states, 2, 0),
        (
            &["--until-output", "Never", "--max-attempts", "2"],
            states,
            2,
            1,
        ),
        (
            &["--until-output", "Ready", "--permanent-output", "CrashLoop"],
            crash,
            2,
            1,
        ),
        (
            &["--until-output", "Ready", "--permanent", "9"],
            "exit 9",
            1,
            9,
        ),
    ];
    for (index, (flags, script, attempts, code)) in cases.into_iter().enumerate() {
        let script = format!("echo >> attempts; {script}");
        let case = Script::new(&format!("poll{index}"), flags, &script);
        let folder = case.folder.clone();
        assert_eq!(case.output().status.code(), Some(code), "{flags:?}");
        let made = fs::read_to_string(folder.join("attempts")).expect("attempts");
        assert_eq!(made.lines().count(), attempts, "{flags:?}");
    }
}

#[test]
fn a_line_runs_before_each_retry_and_its_failure_is_told() {
    let line =
        "echo $BACKOFF_ATTEMPT $BACKOFF_EXIT_CODE $BACKOFF_DELAY_MS >> retries; echo seen; exit 3";
    let flags = ["--on-retry", line, "--jitter", "none"];
    let case = Script::new(
        "hook",
        &flags,
        "cat > /dev/null; test $BACKOFF_ATTEMPT = 3 || exit 7",
    );
    let folder = case.folder.clone();
    let output = case.output();
    assert_eq!(output.status.code(), Some(0));
    let retries = fs::read_to_string(folder.join("retries")).expect("retries");
    assert_eq!(retries, "1 7 1\n2 7 2\n");
    let told = text(&output.stderr);
    assert_eq!(told.matches("\nseen\n").count(), 2, "{told}");
    assert_eq!(text(&output.stdout), "");
    assert!(
        told.contains("--on-retry failed with exit code 3; retrying all the same"),
        "{told}"
    );
}

#[test]
fn the_log_is_json_on_demand_and_verbose_tells_times() {
    let flags = ["--log", "json", "--verbose"];
    let output = Script::new("json", &flags, "test $BACKOFF_ATTEMPT = 2").output();
    let told = text(&output.stderr);
    let records = told.lines().map(serde_json::from_str::<serde_json::Value>);
    let records: Vec<_> = records.collect::<Result<_, _>>().expect("JSON");
    let events: Vec<_> = records
        .iter()
        .map(|record| record["event"].as_str())
        .collect();
    let expected = ["attempt", "retrying", "attempt", "succeeded"];
    assert_eq!(events, expected.map(Some), "{told}");
    assert_eq!(records[1]["exit_code"], 1);
    assert!(
        records[1]["delay_ms"].is_number() && records[3]["elapsed_ms"].is_number(),
        "{told}"
    );
    let time = records[0]["time"].as_str().unwrap_or_default();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{told}");
    let output = Script::new("verbose", &["-v"], "exit 0").output();
    let told = text(&output.stderr);
    assert!(
        told.lines().count() == 2 && told.contains("Z attempt 1 begins"),
        "{told}"
    );
    assert_eq!(
        text(&Script::new("silent", &["-q"], "exit 1").output().stderr),
        ""
    );
}

#[test]
fn defaults_come_from_the_environment_and_from_the_policy_file() {
    let file = "max_attempts = 2\n[run]\ntransient = [3]\nlog = 'json'\n";
    let cases = [
        // (flags, environment, script, attempts, what is told)
        (&[][..], &[][..], "exit 3", 2, "\"event\":\"gave-up\""),
        (&[], &[], "exit 4", 1, "permanent"),
        (&["--transient", "4"], &[], "exit 4", 2, "retrying"),
        (
            &[],
            &[("BACKOFF_MAX_ATTEMPTS", "3")],
            "exit 3",
            3,
            "retrying",
        ),
        (
            &["--max-attempts", "4"],
            &[("BACKOFF_MAX_ATTEMPTS", "3")],
            "exit 3",
            4,
            "retrying",
        ),
        (
            &[],
            &[("BACKOFF_MAX_ATTEMPTS", "")],
            "exit 3",
            2,
            "retrying",
        ),
        (
            &[],
            &[
                ("BACKOFF_TRANSIENT_ERRORS", "ssh,git"),
                ("BACKOFF_LOG", "text"),
            ],
            "exit 255",
            2,
            "backoff: ",
        ),
    ];
    for (index, (flags, variables, script, attempts, message)) in cases.into_iter().enumerate() {
        let flags = [&["--policy", "policy.toml"], flags].concat();
        let script = format!("echo >> attempts; {script}");
        let mut case = Script::new(&format!("defaults{index}"), &flags, &script);
        fs::write(case.folder.join("policy.toml"), file).expect("a file");
        case.command.envs(variables.iter().copied());
        let folder = case.folder.clone();
        let told = text(&case.output().stderr);
        let made = fs::read_to_string(folder.join("attempts")).expect(&told);
        assert_eq!(
            made.lines().count(),
            attempts,
            "{flags:?} {variables:?}: {told}"
        );
        assert!(told.contains(message), "{flags:?} {variables:?}: {told}");
    }
}

#[test]
fn mistakes_in_the_environment_and_in_the_file_are_named() {
    let cases = [
        // (file, environment, what is told)
        (
            "",
            ("BACKOFF_DEADLINE", "soon"),
            "backoff: BACKOFF_DEADLINE: \"soon\" is not a duration",
        ),
        ("", ("BACKOFF_KILL_AFTER", "5"), "--kill-after"),
        ("run = 5", ("X", ""), "`run` is not a table"),
        (
            "[run]\ntransients = [1]",
            ("X", ""),
            "[run]: unknown field `transients`",
        ),
        ("[runs]\ntransient = [1]", ("X", ""), "unknown field `runs`"),
    ];
    for (index, (file, variable, message)) in cases.into_iter().enumerate() {
        let mut case = Script::new(
            &format!("named{index}"),
            &["--policy", "policy.toml"],
            "exit 0",
        );
        fs::write(case.folder.join("policy.toml"), file).expect("a file");
        case.command.envs([variable]);
        let output = case.output();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(125), "{message}: {told}");
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn a_dry_run_prints_the_schedule_and_runs_nothing() {
    let case = Script::new("dry", &["--dry-run", "--max-attempts", "3"], "touch ran");
    let folder = case.folder.clone();
    let output = case.output();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stdout).starts_with("retry"),
        "{}",
        text(&output.stdout)
    );
    assert!(!folder.join("ran").exists());
}
