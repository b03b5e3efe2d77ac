//! Children that a command leaves behind, and a parent that ignores the end of its children.

use std::fs;
use std::process::{Command, Stdio};

use crate::{Script, eventually};

#[test]
fn an_exit_status_is_seen_although_the_end_of_children_is_ignored() {
    for code in [0, 7] {
        let script = format!(
            "trap '' CHLD; exec {} run --permanent 7 -- sh -c 'exit {code}'",
            env!("CARGO_BIN_EXE_backoff")
        );
        let status = Command::new("sh").args(["-c", &script]).status();
        assert_eq!(status.expect("it starts").code(), Some(code));
    }
}

#[test]
fn children_that_are_left_behind_leave_no_zombies() {
    let ten = "for i in 1 2 3 4 5 6 7 8 9 10; do sh -c 'exit 0' & done";
    let cases = [
        // (name, script): the children end before, during and after an attempt, or during a later one
        ("early", format!("{ten}; exit 1")),
        ("late", format!("(sleep 0.1; {ten}) & exit 1")),
        (
            "orphaned",
            format!("({ten}) & test $BACKOFF_ATTEMPT = 5 && exec sleep 60; exit 1"),
        ),
    ];
    for (name, script) in cases {
        let script = format!("echo >> attempts; {script}");
        // Five attempts in quick succession, and then a long wait.
        let flags = [
            "--schedule=steps",
            "--table=1ms,1ms,1ms,1ms,1h",
            "--jitter=none",
            "--deadline=none",
            "--max-attempts=6",
        ];
        let mut case = Script::new(name, &[], &script);
        case.command = {
            let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
            command
                .arg("run")
                .args(flags)
                .args(["--", "sh", "-c", &script]);
            // If the test fails, what is left must not hold the outputs of the test open.
            let (input, output, errors) = (Stdio::null(), Stdio::null(), Stdio::null());
            command.stdin(input).stdout(output).stderr(errors);
            command.current_dir(&case.folder);
            command
        };
        let (mut child, folder) = case.spawn();
        let attempts = || fs::read_to_string(folder.join("attempts")).unwrap_or_default();
        eventually("five attempts", || attempts().lines().count() == 5);
        let children = |state: Option<char>| {
            let ids = children_of(child.id());
            ids.into_iter()
                .filter(move |id| state.is_none() || state_of(*id) == state)
        };
        eventually("no child is left, or only the one that sleeps", || {
            children(None).count() <= usize::from(name == "orphaned")
        });
        // Children of the last attempt may still be starting, and each is a zombie for a moment.
        eventually("no zombie is left", || children(Some('Z')).count() == 0);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The processes with this parent.
fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| field(*id, 1).is_some_and(|it| it == parent.to_string()))
        .collect()
}

fn state_of(process: u32) -> Option<char> {
    field(process, 0)?.chars().next()
}

/// A field of `/proc/ID/stat`, counted from the state on.
fn field(process: u32, index: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(index).map(str::to_owned)
}
