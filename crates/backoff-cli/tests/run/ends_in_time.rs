//! Under a deadline, the command ends in time, whatever its attempts and its surroundings do.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::signals::signal;
use crate::{Script, eventually, text};

/// What the attempts and their surroundings do: a name, flags, a script.
const CASES: [(&str, &[&str], &str); 12] = [
    ("ignores", &[], "trap '' TERM; while :; do sleep 0.05; done"),
    (
        "ignores-read",
        &["--transient-output", "never"],
        "trap '' TERM; while :; do sleep 0.05; done",
    ),
    (
        "trickles",
        &["--transient-output", "never"],
        "setsid sh -c 'for i in $(seq 60); do echo t; sleep 0.05; done' & sleep 60",
    ),
    (
        "trickles-and-fails",
        &["--transient-output", "never", "--max-attempts", "forever"],
        "setsid sh -c 'for i in $(seq 60); do echo t; sleep 0.05; done' & exit 1",
    ),
    ("floods", &["--transient-output", "never"], "cat /dev/zero"),
    (
        "floods-errors",
        &["--transient-output", "never"],
        "cat /dev/zero >&2",
    ),
    ("floods-unread", &[], "cat /dev/zero"),
    (
        "holds-back",
        &["--output", "last"],
        "head -c 1000000 /dev/zero; sleep 60",
    ),
    ("stops", &[], "kill -STOP $$; sleep 60"),
    (
        "stops-a-child",
        &[],
        "trap '' TERM; sh -c 'kill -STOP $$'; sleep 60",
    ),
    (
        "children",
        &["--transient-output", "never"],
        "for i in $(seq 200); do sleep 60 & done; wait",
    ),
    (
        "hook",
        &["--on-retry", "trap '' TERM; while :; do sleep 0.05; done"],
        "exit 1",
    ),
];

const LIMITS: [&str; 4] = ["--deadline", "1s", "--kill-after", "500ms"];

/// The time in which the command must end: both limits, and one second for a busy machine.
const IN_TIME: Duration = Duration::from_millis(2_500);

/// Starts a case whose outputs are pipes that are not read.
fn unread(prefix: &str, (name, flags, script): (&str, &[&str], &str), limits: &[&str]) -> Child {
    let flags = [limits, flags].concat();
    let (child, _) = Script::new(&format!("{prefix}-{name}"), &flags, script).spawn();
    child
}

fn ends_within(name: &str, mut child: Child, limit: Duration) -> i32 {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().expect("a status") {
            let code = status.code();
            return code.unwrap_or_else(|| panic!("{name}: {:?}", status.signal()));
        }
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    panic!("{name} goes on after {limit:?}");
}

#[test]
fn a_deadline_ends_it_although_the_outputs_are_not_read() {
    let children: Vec<_> = CASES
        .iter()
        .map(|case| unread("late", *case, &LIMITS))
        .collect();
    for ((name, ..), child) in CASES.iter().zip(children) {
        let code = ends_within(name, child, IN_TIME);
        let expected: &[i32] = match *name {
            "trickles-and-fails" | "hook" => &[1, 124],
            _ => &[124],
        };
        assert!(expected.contains(&code), "{name}: {code}");
    }
}

#[test]
fn a_signal_ends_it_and_a_second_one_at_once() {
    for (name, grace, signals) in [
        ("term", "500ms", &[Signal::TERM][..]),
        ("int", "500ms", &[Signal::INT]),
        ("twice", "1h", &[Signal::INT, Signal::INT]),
        ("both", "1h", &[Signal::TERM, Signal::INT]),
    ] {
        if crate::signals::interrupts_are_ignored() && signals.contains(&Signal::INT) {
            continue;
        }
        let limits = ["--deadline", "none", "--kill-after", grace];
        let children: Vec<_> = CASES
            .iter()
            .map(|case| unread(name, *case, &limits))
            .collect();
        thread::sleep(Duration::from_millis(500));
        // A signal that is pending while the same one arrives is lost, so a busy process needs time between them.
        for each in signals {
            for child in &children {
                signal(child, *each);
            }
            thread::sleep(Duration::from_millis(300));
        }
        for ((case, ..), child) in CASES.iter().zip(children) {
            ends_within(&format!("{name} {case}"), child, IN_TIME);
        }
    }
}

#[test]
fn an_interrupt_in_the_grace_after_a_timeout_ends_it_without_a_retry() {
    if crate::signals::interrupts_are_ignored() {
        return;
    }
    let script = "trap '' TERM INT; echo >> attempts; while :; do sleep 0.05; done";
    let flags = ["--attempt-timeout", "100ms", "--kill-after", "1h"];
    let (child, folder) = Script::new("grace", &flags, script).spawn();
    eventually("the attempt begins", || folder.join("attempts").exists());
    thread::sleep(Duration::from_millis(300));
    signal(&child, Signal::INT);
    thread::sleep(Duration::from_millis(50));
    signal(&child, Signal::INT);
    ends_within("grace", child, IN_TIME);
    let made = fs::read_to_string(folder.join("attempts")).expect("attempts");
    assert_eq!(made.lines().count(), 1);
}

#[test]
fn an_output_without_room_is_told_and_is_no_success() {
    // (flags, script)
    for (index, (flags, script)) in [
        (&["--transient-output", "never"][..], "echo hello"),
        (&["--transient-output", "never"], "yes"),
        (&["--output", "last"], "echo hello"),
        (&["--output", "last"], "head -c 3000000 /dev/zero"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Script::new(&format!("full{index}"), flags, script);
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        case.command.stdout(full);
        let output = case.output();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{script}: {told}");
        assert!(told.contains("No space left on device"), "{script}: {told}");
        assert_eq!(told.lines().count(), 1, "{script}: {told}");
    }
    for arguments in [&["plan"][..], &["run", "--dry-run", "--", "true"], &["man"]] {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
        let output = command
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output();
        let output = output.expect("it starts");
        assert_eq!(output.status.code(), Some(125), "{arguments:?}");
        assert!(
            text(&output.stderr).contains("standard output: No space"),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_hint_file_that_is_not_a_regular_file_is_not_waited_for() {
    let output = Script::new("fifo", &["--hint-file", "/dev/tty"], "exit 1").output();
    assert_eq!(output.status.code(), Some(125));
    let told = text(&output.stderr);
    assert!(
        told.contains("--hint-file /dev/tty: not a regular file"),
        "{told}"
    );
    // An attempt makes one. It stays, and no hint is read from it.
    let script = "test -e hint || mkfifo hint; test $BACKOFF_ATTEMPT = 3";
    let flags = ["--hint-file", "hint", "--deadline", "10s"];
    let (child, folder) = Script::new("own-fifo", &flags, script).spawn();
    assert_eq!(ends_within("own-fifo", child, IN_TIME), 0);
    assert!(folder.join("hint").exists());
    // A large file is not read as a whole.
    let script = "truncate -s 1T hint; test $BACKOFF_ATTEMPT = 2";
    let (child, _) = Script::new("large-hint", &flags, script).spawn();
    assert_eq!(ends_within("large-hint", child, IN_TIME), 0);
}

#[test]
fn output_that_nothing_reads_until_the_deadline_is_no_success() {
    for (name, flags) in [
        ("unread", &["--transient-output", "never"][..]),
        ("unread-last", &["--output", "last"]),
    ] {
        let flags = [&LIMITS[..], flags].concat();
        let (child, _) = Script::new(name, &flags, "head -c 200000 /dev/zero").spawn();
        assert_eq!(ends_within(name, child, IN_TIME), 124, "{name}");
    }
}
