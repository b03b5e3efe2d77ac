//! Help, completions and the man page, from the outside.

mod outside;

use std::process::Command;

use crate::outside::{backoff, folder, text};

const COMMANDS: [&str; 5] = ["completions", "man", "plan", "run", "simulate"];

/// Two pages of a terminal with 40 lines.
const MAX_LINES: usize = 80;

#[test]
fn help_fits_two_pages_of_80_columns_and_has_an_example() {
    for name in COMMANDS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
        let output = command.args([name, "--help"]).env("COLUMNS", "80").output();
        let help = text(&output.expect("it starts").stdout);
        assert!(help.lines().count() <= MAX_LINES, "{name}:\n{help}");
        let is_wide = |line: &&str| line.chars().count() > 80;
        assert_eq!(help.lines().find(is_wide), None, "{name}");
        assert!(
            help.contains(&format!("  backoff {name} ")) || help.contains("Example: backoff"),
            "{name}"
        );
    }
}

#[test]
fn the_man_page_has_every_command_and_flag() {
    let page = text(&backoff(&["man"]).stdout);
    for part in [
        "BACKOFF RUN",
        "BACKOFF PLAN",
        "BACKOFF SIMULATE",
        "until\\-output",
        "max\\-attempts",
        "EXAMPLE",
    ] {
        assert!(
            page.contains(part) || page.to_uppercase().contains(part),
            "{part}:\n{page}"
        );
    }
    let file = folder("man").join("backoff.1");
    std::fs::write(&file, &page).expect("a file");
    // Warnings of groff are faults of the page.
    let groff = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww"])
        .arg(&file)
        .output();
    let Ok(groff) = groff else {
        skipped("groff");
        return;
    };
    assert_eq!(text(&groff.stderr), "");
}

#[test]
fn completions_are_scripts_of_their_shells() {
    for (shell, program) in [("bash", "bash"), ("zsh", "zsh"), ("fish", "fish")] {
        let script = backoff(&["completions", shell]).stdout;
        let script_text = text(&script);
        for part in ["until-output", "simulate", "dry-run"] {
            assert!(script_text.contains(part), "{shell}: {part}");
        }
        let file = folder(&format!("completions-{shell}")).join("backoff");
        std::fs::write(&file, script).expect("a file");
        match Command::new(program).arg("-n").arg(&file).output() {
            Ok(output) => assert_eq!(text(&output.stderr), "", "{shell}"),
            Err(_) => skipped(program),
        }
    }
}

#[allow(clippy::print_stdout)] // what is skipped is said
fn skipped(program: &str) {
    println!("skipped: {program} is not installed");
    let is_bash = program == "bash";
    assert!(
        !(is_bash && std::env::var("CI").is_ok_and(|it| it == "true")),
        "{program} is not installed"
    );
}
