//! `backoff simulate`, from the outside.

mod outside;

use std::fs;

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
    assert!(text(&same.stdout).contains(" 0 of them more than 4 standard errors off"));
    let changed = fs::read_to_string(&csv)
        .expect("a table")
        .replace("full jitter,20,3,", "full jitter,20,3,9");
    fs::write(&csv, changed).expect("a file");
    let off = backoff(&["simulate", &scenario]);
    assert_eq!(off.status.code(), Some(1));
    assert!(text(&off.stdout).contains(" !"), "{}", text(&off.stdout));
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
