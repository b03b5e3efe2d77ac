//! `backoff simulate`, from the outside.

mod outside;

use std::fs;
use std::path::Path;

use crate::outside::{backoff, folder, text};

const SCENARIO: &str = r#"
title = "A row & two <policies>"
runs = 3
sweep = { key = "fleet.clients", values = [2, 20] }
network = { mean = "10ms", deviation = "2ms" }
server.model = "optimistic-row"

[[policy]]
name = "no backoff, no jitter"
schedule = "constant"
base = "0s"
jitter = "none"
max_attempts = "forever"

[[policy]]
name = "full jitter"
max_attempts = "forever"
"#;

#[test]
fn a_simulation_writes_a_page_that_needs_nothing_else_and_charts() {
    let folder = folder("page");
    let at = |name: &str| folder.join(name).display().to_string();
    fs::write(at("scenario.toml"), SCENARIO).expect("a file");
    let (scenario, page, charts) = (at("scenario.toml"), at("page.html"), at("charts"));
    let output = backoff(&[
        "simulate",
        &scenario,
        "--html",
        &page,
        "--svg",
        &charts,
        "--threads",
        "2",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("A row & two <policies>"));
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("<h1>A row &amp; two &lt;policies&gt;</h1>"));
    assert!(page.contains("name=\"viewport\""));
    let links = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "src=", "url(", "NaN", "inf,"] {
        assert!(!links.contains(outside), "{outside}");
    }
    assert!(page.contains("<dt>attempts</dt><dd>attempts that reached the server</dd>"));
    assert!(!page.contains("± 0<"));
    let drawn = fs::read_dir(&charts).expect("charts").count();
    assert_eq!(drawn, page.matches("<svg").count());
}

#[test]
fn results_fit_the_terminal() {
    let scenario = folder("width").join("s.toml").display().to_string();
    fs::write(&scenario, SCENARIO).expect("a file");
    for columns in [50, 80, 120] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_backoff"));
        command
            .args(["simulate", &scenario])
            .env("COLUMNS", columns.to_string());
        let results = text(&command.output().expect("it starts").stdout);
        let table = results.split("Means").next().unwrap_or_default();
        let widest = table.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns), "{columns}:\n{results}");
        for metric in [
            "time_ms",
            "attempts",
            "amplification",
            "success",
            "p50_ms",
            "p99_ms",
        ] {
            assert!(table.contains(metric), "{metric} in {columns}:\n{results}");
        }
    }
}

#[test]
fn a_result_that_is_off_is_told_and_ends_with_one() {
    let folder = folder("off");
    let (scenario, csv) = (folder.join("scenario.toml"), folder.join("scenario.csv"));
    fs::write(&scenario, SCENARIO).expect("a file");
    let (scenario, kept) = (scenario.display().to_string(), csv.display().to_string());
    assert_eq!(
        backoff(&["simulate", &scenario, "--csv", &kept])
            .status
            .code(),
        Some(0)
    );
    let same = backoff(&["simulate", &scenario, "--threads", "1"]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stdout));
    let agrees = format!(" numbers agree with {kept}.\n");
    assert!(
        text(&same.stdout).ends_with(&agrees),
        "{}",
        text(&same.stdout)
    );
    let changed = fs::read_to_string(&csv)
        .expect("a table")
        .replace("full jitter,20,3,", "full jitter,20,3,9");
    fs::write(&csv, changed).expect("a file");
    let off = backoff(&["simulate", &scenario]);
    assert_eq!(off.status.code(), Some(1));
    assert!(text(&off.stdout).contains(" !"), "{}", text(&off.stdout));
    assert!(
        text(&off.stdout).contains("\n1 of "),
        "{}",
        text(&off.stdout)
    );
}

#[test]
fn mistakes_in_a_scenario_are_named() {
    let folder = folder("mistakes");
    let scenario = folder.join("scenario.toml").display().to_string();
    let cases = [
        (SCENARIO.replace("server.model", "server.modal"), "model"),
        (
            SCENARIO.replace("\"optimistic-row\"", "\"column\""),
            "unknown variant `column`",
        ),
        (
            SCENARIO.replace("jitter = \"none\"", "jitters = \"none\""),
            "unknown field `jitters`",
        ),
        (
            SCENARIO.replace("[[policy]]", "[[policies]]"),
            "needs [[policy]]",
        ),
    ];
    for (text_of, message) in cases {
        fs::write(&scenario, text_of).expect("a file");
        let output = backoff(&["simulate", &scenario]);
        assert_eq!(output.status.code(), Some(125), "{message}");
        assert!(
            text(&output.stderr).contains(message),
            "{message}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn time_that_stands_still_ends_with_an_error_that_names_the_policy() {
    let folder = folder("still");
    let scenario = folder.join("scenario.toml").display().to_string();
    let text_of = SCENARIO.replace(
        "network = { mean = \"10ms\", deviation = \"2ms\" }",
        "until = \"10s\"",
    );
    fs::write(&scenario, text_of).expect("a file");
    let output = backoff(&[
        "simulate",
        &scenario,
        "--set",
        "faults.outage={ from = '0s', lasting = '10s' }",
        "--set",
        "sweep.values=[100]",
    ]);
    assert_eq!(output.status.code(), Some(125));
    let told = text(&output.stderr);
    assert!(
        told.contains("policy \"no backoff, no jitter\" at clients = 100: time stands still"),
        "{told}"
    );
}

#[test]
fn names_reach_the_terminal_and_charts_without_control_characters_and_survive_the_table() {
    let folder = folder("names");
    let at = |name: &str| folder.join(name).display().to_string();
    let (scenario, csv, page, charts) = (at("s.toml"), at("s.csv"), at("s.html"), at("charts"));
    let name = r#""full\njitter\u001b[31m""#;
    let text_of = SCENARIO
        .replace("\"full jitter\"", name)
        .replace("A row", r"A \u001b[2Jrow\n");
    fs::write(&scenario, text_of).expect("a file");
    let output = backoff(&[
        "simulate", &scenario, "--csv", &csv, "--html", &page, "--svg", &charts,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(
        told.contains(r"full\njitter\u{1b}[31m") && !told.contains('\u{1b}'),
        "{told}"
    );
    let read = |file: &Path| fs::read_to_string(file).expect("a file");
    let drawn = fs::read_dir(&charts).expect("charts").flatten();
    for file in drawn.map(|entry| entry.path()).chain([page.into()]) {
        let markup = read(&file);
        assert!(
            markup.contains(r"jitter\u{1b}[31m") && !markup.contains('\u{1b}'),
            "{file:?}"
        );
    }
    assert!(read(Path::new(&csv)).contains("\"full\njitter\u{1b}[31m\",2,3,"));
    let again = backoff(&["simulate", &scenario]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    let numbers = "numbers agree with";
    assert!(
        text(&again.stdout).contains(numbers),
        "{}",
        text(&again.stdout)
    );
    fs::write(&scenario, "title = \"\u{1b}[2J").expect("a file");
    let wrong = text(&backoff(&["simulate", &scenario]).stderr);
    assert!(
        wrong.contains("TOML parse error") && !wrong.contains('\u{1b}'),
        "{wrong:?}"
    );
}

#[test]
fn a_name_that_a_spreadsheet_would_run_is_marked_and_still_compared() {
    let folder = folder("formula");
    let at = |name: &str| folder.join(name).display().to_string();
    let (scenario, csv) = (at("s.toml"), at("s.csv"));
    fs::write(&scenario, SCENARIO.replace("full jitter", "=HYPERLINK(1)")).expect("a file");
    assert_eq!(
        backoff(&["simulate", &scenario, "--csv", &csv])
            .status
            .code(),
        Some(0)
    );
    let table = fs::read_to_string(&csv).expect("a table");
    assert!(table.contains("\n'=HYPERLINK(1),2,"), "{table}");
    let again = backoff(&["simulate", &scenario]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stdout));
    assert!(
        text(&again.stdout).contains("numbers agree with"),
        "{}",
        text(&again.stdout)
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_there_is() {
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};

    let folder = folder("interrupt");
    let at = |name: &str| folder.join(name).display().to_string();
    let (scenario, csv) = (at("s.toml"), at("s.csv"));
    fs::write(&scenario, SCENARIO).expect("a file");
    // A shell lets its background processes ignore interrupts, and tests may be run there.
    let mut command = Command::new(env!("CARGO_BIN_EXE_backoff"));
    command.args([
        "simulate",
        &scenario,
        "--set",
        "runs=100000000",
        "--csv",
        &csv,
    ]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.expect("it starts");
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    thread::sleep(Duration::from_millis(500));
    kill_process(id.expect("an id"), Signal::INT).expect("it runs");
    let output = child.wait_with_output().expect("an end");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("no file is written"), "{told}");
    assert!(
        text(&output.stdout).contains("no backoff, no jitter"),
        "{}",
        text(&output.stdout)
    );
    assert!(!Path::new(&csv).exists());
}
