//! `backoff run`, with real processes.

mod ends_in_time;
mod orphans;
mod output;
mod signals;
mod stdin;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

/// A shell script under `backoff run` with these flags, and a folder of its own to work in.
struct Script {
    command: Command,
    folder: PathBuf,
}

impl Script {
    fn new(name: &str, flags: &[&str], script: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
        command
            .args(["run", "--base", "1ms"])
            .args(flags)
            .args(["--", "sh", "-c", script])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command, folder }
    }

    fn output(mut self) -> Output {
        self.command.output().expect("it starts")
    }

    fn spawn(mut self) -> (Child, PathBuf) {
        (self.command.spawn().expect("it starts"), self.folder)
    }
}

/// Waits until something is so, for a few seconds at most.
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(5), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_command_that_succeeds_on_the_third_try_is_run_three_times() {
    let script = "echo try $BACKOFF_ATTEMPT; test $BACKOFF_ATTEMPT = 3 || exit 7";
    let output = Script::new("third", &[], script).output();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "try 1\ntry 2\ntry 3\n");
    let told = text(&output.stderr);
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(
        told.contains("\nbackoff: succeeded at attempt 3 after "),
        "{told}"
    );
    assert!(
        told.starts_with("backoff: attempt 1 failed with exit code 7 after "),
        "{told}"
    );
    assert!(told.contains("; retrying in "), "{told}");
}

#[test]
fn the_exit_status_is_that_of_the_last_attempt() {
    let cases = [
        // (flags, script, attempts, exit code)
        (vec!["--max-attempts", "3"], "exit 9", 3, 9),
        (vec!["--permanent", "2,3"], "exit 3", 1, 3),
        (vec!["--transient", "75"], "exit 3", 1, 3),
        (
            vec!["--transient", "3", "--max-attempts", "2"],
            "exit 3",
            2,
            3,
        ),
        (vec!["--max-attempts", "2"], "kill -9 $$", 2, 128 + 9),
        (
            vec!["--permanent-output", "no such (user|group)"],
            "echo no such user; exit 1",
            1,
            1,
        ),
        (
            vec![
                "--transient",
                "75",
                "--transient-output",
                "re[sf]",
                "--max-attempts",
                "2",
            ],
            "echo reset >&2; exit 1",
            2,
            1,
        ),
        (vec!["--transient-output", "ko"], "echo ok", 1, 0),
        (
            vec!["--transient-output", "ok", "--max-attempts", "2"],
            "echo ok",
            2,
            1,
        ),
        (
            vec!["--transient-output", "not yet"],
            "test $BACKOFF_ATTEMPT = 3 || echo not yet",
            3,
            0,
        ),
    ];
    for (index, (flags, script, attempts, code)) in cases.into_iter().enumerate() {
        let script = format!("echo attempt >> attempts; {script}");
        let case = Script::new(&format!("status{index}"), &flags, &script);
        let file = case.folder.join("attempts");
        let output = case.output();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{flags:?}: {}",
            text(&output.stderr)
        );
        let made = fs::read_to_string(file).expect("attempts").lines().count();
        assert_eq!(made, attempts, "{flags:?}");
    }
}

#[test]
fn a_command_that_cannot_be_started_is_not_tried_again() {
    let cases = [
        // (command, exit code, what is said)
        ("./no-such-command", 127, "(os error 2))"),
        ("/", 126, "(os error 13))"),
        ("echo a | cat", 127, "to run a line of shell, use sh -c"),
    ];
    for (program, code, said) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_backoff"))
            .args(["run", "--", program])
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(code), "{program}");
        let told = text(&output.stderr);
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn misuse_has_a_code_of_its_own() {
    let cases: &[(&[&str], &str)] = &[
        // (arguments, what is said)
        (
            &["run", "--jitter", "fully", "--", "true"],
            "no such jitter",
        ),
        (
            &["run", "--bas", "1s", "--", "true"],
            "unexpected argument '--bas'",
        ),
        (
            &["run", "--transient", "x", "--", "true"],
            "invalid value 'x' for '--transient",
        ),
        (
            &["run", "--transient", "256", "--", "true"],
            "invalid value '256' for '--transient <CODES>': 256 is not in 0..=255",
        ),
        (
            &["run", "--jitter", "additive", "--", "true"],
            "--jitter: \"additive\" has no amount: write additive=50ms",
        ),
        (
            &["run", "--jitter", "proportional", "--", "true"],
            "--jitter: \"proportional\" has no share: write proportional=20%",
        ),
        (
            &["run", "--hint-output", "(", "--", "true"],
            "invalid value '(' for '--hint-output",
        ),
        (
            &["run", "--hint-output", "wait [0-9]+", "--", "true"],
            "no group, such as ([0-9]+), that says how long to wait",
        ),
        (
            &["run", "--jitter", "proportional=101%", "--", "true"],
            "\"101%\" is not a share from 0% to 100%",
        ),
        (&["run"], "required arguments were not provided"),
        (&["rum"], "unrecognized subcommand 'rum'"),
    ];
    for (arguments, said) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_backoff"))
            .args(*arguments)
            .output();
        let output = output.expect("it starts");
        assert_eq!(output.status.code(), Some(125), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(said),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn flags_of_the_command_are_its_own() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
    let output = command
        .args(["run", "printf", "%s|", "--base", "-x", "--", "y"])
        .output();
    assert_eq!(text(&output.expect("it starts").stdout), "--base|-x|--|y|");
}

#[test]
fn an_attempt_that_takes_too_long_is_tried_again_whatever_codes_are_listed() {
    for (name, list, code) in [
        ("late", "--transient", "75"),
        ("later", "--permanent", "124"),
    ] {
        let flags = [list, code, "--attempt-timeout", "100ms"];
        let output =
            Script::new(name, &flags, "test $BACKOFF_ATTEMPT = 2 || exec sleep 60").output();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

#[test]
fn a_deadline_of_a_policy_file_interrupts_an_attempt_and_a_flag_lifts_it() {
    // (flags, exit code)
    for (index, (flags, code)) in [(&[][..], 124), (&["--deadline", "none"], 0)]
        .into_iter()
        .enumerate()
    {
        let flags = [&["--policy", "policy.toml"], flags].concat();
        let case = Script::new(&format!("given{index}"), &flags, "sleep 0.5");
        fs::write(case.folder.join("policy.toml"), "deadline = '100ms'").expect("a file");
        let output = case.output();
        assert_eq!(output.status.code(), Some(code), "{flags:?}");
    }
}

#[test]
fn a_command_whose_reader_has_gone_is_not_tried_again() {
    for (name, flags, script) in [
        ("pipe", &[][..], "exec yes"),
        ("read", &["--transient-output", "never"], "exec yes"),
        ("shell", &[], "yes; exit $?"),
        (
            "shell-read",
            &["--transient-output", "never"],
            "yes; exit $?",
        ),
    ] {
        let script = format!("echo >> attempts; {script}");
        let (mut child, folder) = Script::new(name, flags, &script).spawn();
        drop(child.stdout.take());
        let status = child.wait().expect("an end");
        assert_eq!(status.code(), Some(128 + Signal::PIPE.as_raw()), "{name}");
        let mut told = String::new();
        let mut stderr = child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut told).expect("text");
        assert!(
            told.contains("SIGPIPE, because the reader of its output has gone"),
            "{told}"
        );
        let made = fs::read_to_string(folder.join("attempts")).expect("attempts");
        assert_eq!(made.lines().count(), 1, "{name}");
    }
}

#[test]
fn a_slow_reader_gets_everything_and_holds_up_no_deadline() {
    let flags = ["--transient-output", "never", "--deadline", "300ms"];
    let script = "head -c 100000 /dev/zero; exec sleep 60";
    let (mut child, _) = Script::new("slow", &flags, script).spawn();
    thread::sleep(Duration::from_millis(600));
    let mut read = Vec::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_end(&mut read).expect("output");
    assert_eq!(child.wait().expect("an end").code(), Some(124));
    assert_eq!(read.len(), 100_000);
}

#[test]
fn output_is_passed_on_before_the_line_ends() {
    // Once read for patterns, and once not.
    for (index, flags) in [&["--hint-output", "(never)"][..], &[]]
        .into_iter()
        .enumerate()
    {
        let script = "printf half; while test ! -e go; do sleep 0.01; done; echo ' a line'";
        let (mut child, folder) = Script::new(&format!("unbuffered{index}"), flags, script).spawn();
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut half = [0; 4];
        stdout.read_exact(&mut half).expect("half a line");
        assert_eq!(&half, b"half");
        fs::write(folder.join("go"), "").expect("a file");
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, " a line\n");
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    }
}

#[test]
fn a_hint_is_waited_for_and_too_long_a_one_is_refused() {
    let header = "echo 'HTTP/1.1 429'; echo 'Retry-After: 0.3'; exit 1";
    let file = "test ! -e hint || exit 8; echo 300ms > hint; exit 1";
    let cases = [
        // (flags, script, what is told)
        (
            vec!["--hint-output", "(?i)retry-after: *([0-9.]+)"],
            header,
            "retrying in 3",
            true,
        ),
        (vec!["--hint-file", "hint"], file, "retrying in 3", true),
        (
            vec!["--hint-file", "hint", "--max-hint", "100ms"],
            file,
            "too long a wait",
            false,
        ),
    ];
    for (index, (mut flags, script, told, waits)) in cases.into_iter().enumerate() {
        flags.extend(["--max-attempts", "2"]);
        let started = Instant::now();
        let output = Script::new(&format!("hint{index}"), &flags, script).output();
        assert_eq!(output.status.code(), Some(1), "{flags:?}");
        let stderr = text(&output.stderr);
        assert!(stderr.contains(told), "{flags:?}: {stderr}");
        assert_eq!(
            started.elapsed() >= Duration::from_millis(300),
            waits,
            "{flags:?}"
        );
    }
}
