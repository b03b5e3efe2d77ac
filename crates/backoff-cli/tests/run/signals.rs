//! Signals, deadlines, and the processes that a command leaves behind.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::{Script, eventually, text};

#[test]
fn what_stands_still_goes_on_together() {
    let script = "echo $$ > child; exec sleep 60";
    let (mut child, folder) = Script::new("suspend", &[], script).spawn();
    let file = folder.join("child");
    eventually("the command begins", || file.exists());
    let is_stopped = |id: u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit(") ")
            .next()
            .is_some_and(|fields| fields.starts_with('T'))
    };
    eventually("it has written its id", || {
        !fs::read_to_string(&file).unwrap_or_default().is_empty()
    });
    let command = process(&file).as_raw_nonzero().get().unsigned_abs();
    signal(&child, Signal::TSTP);
    eventually("both stand still", || {
        is_stopped(child.id()) && is_stopped(command)
    });
    signal(&child, Signal::CONT);
    eventually("both go on", || {
        !is_stopped(child.id()) && !is_stopped(command)
    });
    signal(&child, Signal::TERM);
    assert_eq!(
        child.wait().expect("an end").code(),
        Some(128 + Signal::TERM.as_raw())
    );
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nohup");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let inner = "echo > begun; until test -e end; do sleep 0.01; done";
    let script = format!(
        "trap '' HUP; exec {} run -- sh -c '{inner}'",
        env!("CARGO_BIN_EXE_backoff")
    );
    let mut command = Command::new("sh");
    let mut child = command
        .args(["-c", &script])
        .current_dir(&folder)
        .spawn()
        .expect("it starts");
    eventually("the command begins", || folder.join("begun").exists());
    signal(&child, Signal::HUP);
    thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().expect("a status").is_none(), "it goes on");
    fs::write(folder.join("end"), "").expect("a file");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn the_deadline_ends_a_hanging_command_and_its_children() {
    let script = "sleep 60 & echo $! > child; echo $$ > parent; sleep 60";
    let flags = ["--deadline", "300ms", "--max-attempts", "forever"];
    let case = Script::new("deadline", &flags, script);
    let folder = case.folder.clone();
    let started = Instant::now();
    let output = case.output();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(output.status.code(), Some(124), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("attempt 1 timed out after "));
    for file in ["parent", "child"] {
        let process = process(&folder.join(file));
        eventually(file, || test_kill_process(process).is_err());
    }
}

#[test]
fn a_command_that_ignores_the_request_to_stop_is_killed() {
    let script = "trap '' TERM; echo $$ > parent; sleep 60 & wait; sleep 60";
    let flags = [
        "--attempt-timeout",
        "200ms",
        "--max-attempts",
        "2",
        "--kill-after",
        "100ms",
    ];
    let case = Script::new("stubborn", &flags, script);
    let folder = case.folder.clone();
    let started = Instant::now();
    let output = case.output();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(output.status.code(), Some(124), "{}", text(&output.stderr));
    assert!(test_kill_process(process(&folder.join("parent"))).is_err());
}

/// Whether this process, and so all that it starts, ignores interrupts: a shell has it so for what runs behind `&`.
pub(crate) fn interrupts_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (Signal::INT.as_raw() - 1) & 1 == 1)
}

#[test]
fn an_interrupt_reaches_the_command_and_nothing_is_tried_again() {
    if interrupts_are_ignored() {
        #[allow(clippy::print_stdout)] // what is skipped is said
        {
            println!("skipped: interrupts are ignored here");
        }
        return;
    }
    // (how the command takes it, the exit code)
    for (index, (trap, code)) in [("exit 3", 3), ("trap - INT; kill -INT $$", 130)]
        .into_iter()
        .enumerate()
    {
        let script = format!("trap '{trap}' INT; echo $$ > ready; while :; do sleep 0.01; done");
        let (mut child, folder) = Script::new(&format!("interrupt{index}"), &[], &script).spawn();
        let ready = folder.join("ready");
        eventually("started", || {
            fs::read_to_string(&ready).is_ok_and(|it| it.ends_with('\n'))
        });
        signal(&child, Signal::INT);
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(code), "{trap}: {:?}", status.signal());
        assert!(test_kill_process(process(&ready)).is_err(), "{trap}");
        let mut told = String::new();
        child
            .stderr
            .take()
            .expect("a pipe")
            .read_to_string(&mut told)
            .expect("text");
        assert_eq!(told, "", "{trap}");
    }
}

#[test]
fn an_interrupt_ends_a_wait() {
    let flags = [
        "--base",
        "1h",
        "--max-delay",
        "1h",
        "--jitter",
        "none",
        "--deadline",
        "none",
    ];
    let mut case = Script::new("wait", &[], "exit 1");
    case.command = {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
        command
            .arg("run")
            .args(flags)
            .args(["--", "false"])
            .stderr(Stdio::piped());
        command
    };
    let (mut child, _) = case.spawn();
    let mut told = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    told.read_line(&mut line).expect("a line");
    assert!(line.contains("retrying in 1h"), "{line}");
    signal(&child, Signal::TERM);
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 15));
}

#[test]
fn other_signals_are_handed_on() {
    let script = "trap 'echo got it; exit 0' USR1; echo ready; while :; do sleep 0.01; done";
    let (mut child, _) = Script::new("user", &[], script).spawn();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert_eq!(lines.next().expect("a line").expect("text"), "ready");
    signal(&child, Signal::USR1);
    assert_eq!(lines.next().expect("a line").expect("text"), "got it");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_process_that_is_left_behind_does_not_hold_up_the_end() {
    let script = "sleep 3 & exit 0";
    let started = Instant::now();
    let mut case = Script::new("left", &["--transient-output", "x"], script);
    case.command.stdout(Stdio::null()).stderr(Stdio::null());
    let (mut child, _) = case.spawn();
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(id.expect("a process id"), signal).expect("it is there");
}

/// The process whose id a script has written into a file.
fn process(file: &Path) -> Pid {
    let id = fs::read_to_string(file).unwrap_or_default();
    let id = id.trim().parse().ok().and_then(Pid::from_raw);
    id.expect("a process id")
}
