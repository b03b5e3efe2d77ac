//! What the attempts get as their standard input.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Script, text};

/// Runs a script whose standard input is a pipe with this content.
fn piped(name: &str, flags: &[&str], script: &str, content: &[u8]) -> Output {
    let mut case = Script::new(name, flags, script);
    case.command.stdin(Stdio::piped());
    let (mut child, _) = case.spawn();
    let mut stdin = child.stdin.take().expect("a pipe");
    let content = content.to_owned();
    // An attempt may end before it has read everything.
    let writer = thread::spawn(move || stdin.write_all(&content));
    let output = child.wait_with_output().expect("an end");
    let _ = writer.join().expect("no panic");
    output
}

/// Runs a script whose standard input is a file with this content.
fn from_file(name: &str, flags: &[&str], script: &str, content: &[u8]) -> Output {
    let mut case = Script::new(name, flags, script);
    fs::write(case.folder.join("in"), content).expect("a file");
    let file = File::open(case.folder.join("in")).expect("a file");
    case.command.stdin(file);
    case.output()
}

/// Bytes whose order shows.
fn content(length: u32) -> Vec<u8> {
    (0..length)
        .map(|index| (index / 7).to_le_bytes()[0])
        .collect()
}

type Run = fn(&str, &[&str], &str, &[u8]) -> Output;

const KINDS: [(&str, Run); 2] = [("pipe", piped), ("file", from_file)];

#[test]
fn after_an_attempt_that_reads_there_is_no_retry_and_the_flag_is_named() {
    let script = "cat; echo $BACKOFF_ATTEMPT; exit 7";
    for (kind, run) in KINDS {
        for flags in [&[][..], &["--stdin", "once"], &["--quiet"]] {
            let name = format!("once-{kind}{}", flags.len());
            let output = run(&name, flags, script, b"data\n");
            assert_eq!(output.status.code(), Some(7), "{kind} {flags:?}");
            assert_eq!(text(&output.stdout), "data\n1\n", "{kind} {flags:?}");
            let told = text(&output.stderr);
            assert!(told.contains("--stdin replay"), "{kind} {flags:?}: {told}");
            assert_eq!(told.lines().count(), 1, "{kind} {flags:?}: {told}");
        }
    }
}

#[test]
fn what_no_attempt_has_read_is_there_for_the_next() {
    let script = "test $BACKOFF_ATTEMPT = 3 && cat";
    for (kind, run) in KINDS {
        let output = run(&format!("unread-{kind}"), &[], script, b"data");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "data", "{kind}");
    }
}

#[test]
fn replayed_input_is_whole_for_every_attempt_in_memory_and_on_disk() {
    let script = "case $BACKOFF_ATTEMPT in 1) head -c 10 > first; exit 1;; 2) cat > second; exit 1;; *) cat;; esac";
    for (kind, run) in KINDS {
        for length in [0, 5, 100_000, 3_000_000] {
            let content = content(length);
            let name = format!("replay-{kind}{length}");
            let output = run(&name, &["--stdin", "replay"], script, &content);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            assert!(output.stdout == content, "{name}");
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
            let read = |file: &str| fs::read(folder.join(file)).expect(file);
            assert!(read("second") == content, "{name}");
            assert!(read("first") == content[..content.len().min(10)], "{name}");
        }
    }
}

#[test]
fn null_input_is_empty_and_leaves_the_input_alone() {
    for (kind, run) in KINDS {
        let script = "cat; test $BACKOFF_ATTEMPT = 2";
        let output = run(
            &format!("null-{kind}"),
            &["--stdin", "null"],
            script,
            b"data",
        );
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{kind}");
    }
}

#[test]
fn a_large_input_passes_through_as_it_is() {
    let content = content(2_000_000);
    let output = piped("large", &[], "cat", &content);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout == content);
}

/// A shell reads lines from a pipe, and runs a command for each. The commands take nothing but what they read.
#[test]
fn a_loop_that_reads_lines_is_not_robbed_of_them() {
    let inner = format!("{} run --base 1ms -- sh -c", env!("CARGO_BIN_EXE_backoff"));
    let cases = [
        ("loop-unread", "true", "a\nb\nc\n"),
        ("loop-read", "read -r next; echo $next", "a\nb\nc\n\n"),
    ];
    for (name, command, expected) in cases {
        let script = format!(
            "printf 'a\\nb\\nc\\n' | while read -r line; do echo $line; {inner} '{command}'; done"
        );
        let output = Script::new(name, &["--max-attempts", "1"], &script).output();
        assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
    }
}

#[test]
fn an_input_that_never_ends_holds_up_nothing() {
    for flags in [&[][..], &["--stdin", "replay"], &["--stdin", "null"]] {
        let name = format!("open{}", flags.concat());
        let mut case = Script::new(&name, flags, "test $BACKOFF_ATTEMPT = 2");
        case.command.stdin(Stdio::piped());
        let started = Instant::now();
        let (mut child, _) = case.spawn();
        let stdin = child.stdin.take();
        assert_eq!(child.wait().expect("an end").code(), Some(0), "{flags:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{flags:?}");
        drop(stdin);
    }
}

#[test]
fn input_that_comes_later_is_fed_as_it_comes() {
    for flags in [&[][..], &["--stdin", "replay"]] {
        let name = format!("later{}", flags.concat());
        let mut case = Script::new(&name, flags, "read -r a; echo $a; read -r b; echo $b");
        case.command.stdin(Stdio::piped());
        let (mut child, _) = case.spawn();
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = child.stdout.take().expect("a pipe");
        for line in [b"one\n", b"two\n"] {
            stdin.write_all(line).expect("it is read");
            let mut echo = [0; 4];
            stdout.read_exact(&mut echo).expect("an echo");
            assert_eq!(&echo, line, "{flags:?}");
        }
        assert_eq!(child.wait().expect("an end").code(), Some(0), "{flags:?}");
    }
}
