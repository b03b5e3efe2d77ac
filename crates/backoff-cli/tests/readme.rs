//! The outputs that the README shows are those of the commands.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn commands_of_the_readme_print_what_it_shows() {
    let readme = include_str!("../README.md");
    let mut shown = 0;
    for block in readme.split("```console\n$ ").skip(1) {
        let (block, _) = block.split_once("\n```").expect("the end of a block");
        let Some((command, expected)) = block.split_once('\n') else {
            continue; // an installation
        };
        assert_eq!(
            without_times(&printed(command)),
            without_times(expected),
            "{command}"
        );
        shown += 1;
    }
    assert_eq!(shown, 4);
}

/// What a command prints on both outputs, in the folder of the scenarios.
fn printed(command: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backoff-sim/scenarios");
    let program = Path::new(env!("CARGO_BIN_EXE_backoff"));
    let programs = program.parent().expect("a folder").display();
    let path = format!("{programs}:{}", env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output();
    String::from_utf8_lossy(&output.expect("it starts").stdout).into_owned()
}

/// The lines, without the time that an attempt took and without spaces at the end.
fn without_times(text: &str) -> Vec<String> {
    let lines = text.trim_end().lines();
    lines
        .map(|line| match line.split_once(" after ") {
            Some((before, rest)) => {
                let after = rest.split_once(';').map_or("", |(_, after)| after);
                format!("{before} after ..;{after}")
            }
            None => line.trim_end().to_owned(),
        })
        .collect()
}
