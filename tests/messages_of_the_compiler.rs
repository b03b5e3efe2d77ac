//! What the compiler says where an interrupted attempt has no outcome, or an outcome has no classifier.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use serde_json::Value;

/// The beginning of each program: `OUTCOME` and `BODY` stand for what is tested.
const PRELUDE: &str = "\
use backoff_tokio::Policy;

static POLICY: Policy = Policy::DEFAULT;

#[derive(Debug)]
enum Error {
    Refused,
}

async fn fetch_user(id: u32) -> OUTCOME {
    BODY
}

fn is_transient(error: &Error) -> bool {
    matches!(error, Error::Refused)
}

fn main() {
    drop((user(), is_transient(&Error::Refused)));
}
";

/// A call in each form, with a classifier in place of `WHEN`.
const FORMS: [(&str, &str); 3] = [
    (
        "retry",
        "
async fn user() -> OUTCOME {
    backoff_tokio::retry(&POLICY, || fetch_user(7))WHEN
        .on_event(|event| eprintln!(\"{event}\"))
        .await
}
",
    ),
    (
        "run",
        "
async fn user() -> OUTCOME {
    let mut attempts = backoff_tokio::attempts(&POLICY)WHEN
        .on_event(|event| eprintln!(\"{event}\"));
    attempts.run(async || fetch_user(7).await).await
}
",
    ),
    (
        "limit",
        "
async fn user() -> OUTCOME {
    let mut attempts = backoff_tokio::attempts(&POLICY)WHEN
        .on_event(|event| eprintln!(\"{event}\"));
    loop {
        let outcome = attempts.limit(fetch_user(7)).await;
        let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
        pause.await;
    }
}
",
    ),
];

/// Names of programs, and their texts with a kind of outcome.
fn programs() -> impl Iterator<Item = (String, String)> {
    let kinds = [
        (
            "unmade",
            "Result<String, Error>",
            "if id == 0 { Err(Error::Refused) } else { Ok(id.to_string()) }",
            "\n        .when(is_transient)",
        ),
        (
            "unclassified",
            "Option<String>",
            "(id > 0).then(|| id.to_string())",
            "",
        ),
        (
            "complete",
            "std::io::Result<String>",
            "Ok(id.to_string())",
            "\n        .when(|error: &std::io::Error| error.raw_os_error().is_some())",
        ),
    ];
    kinds.into_iter().flat_map(|(kind, outcome, body, when)| {
        FORMS.map(|(form, call)| {
            let text = format!("{PRELUDE}{call}");
            let text = text.replace("OUTCOME", outcome).replace("BODY", body);
            (format!("{kind}_{form}"), text.replace("WHEN", when))
        })
    })
}

/// What the compiler says of a program.
fn message(program: &str) -> &'static str {
    static MESSAGES: OnceLock<HashMap<String, String>> = OnceLock::new();
    let messages = MESSAGES.get_or_init(compile);
    messages.get(program).map_or("", String::as_str)
}

/// Checks all programs at once, in a package of their own, and keeps what is built for the next time.
fn compile() -> HashMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages");
    let sources = package.join("src/bin");
    fs::create_dir_all(&sources).expect("a folder");
    let adapter = root.join("crates/backoff-tokio");
    let manifest = format!(
        "[package]\nname = \"messages\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nbackoff-tokio = {{ path = {:?} }}\n",
        adapter.display().to_string()
    );
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("a lock file");
    for (name, text) in programs() {
        fs::write(sources.join(name).with_extension("rs"), text).expect("a program");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--bins", "--keep-going", "--offline", "--quiet"])
        .arg("--message-format=json")
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .expect("cargo");
    let lines = String::from_utf8(output.stdout).expect("JSON");
    let mut messages: HashMap<String, String> = HashMap::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let is_of_a_program = line["target"]["kind"][0] == "bin";
        if let (true, Some(text)) = (is_of_a_program, line["message"]["rendered"].as_str()) {
            let program = line["target"]["name"].as_str().unwrap_or_default();
            *messages.entry(program.to_owned()).or_default() += text;
        }
    }
    let problems = String::from_utf8_lossy(&output.stderr);
    assert!(!messages.is_empty(), "no message:\n{problems}");
    messages
}

/// Asserts that a message is there and says this, and that a reader can take in its types.
fn assert_says(form: &str, message: &str, expected: &[&str]) {
    for expected in expected {
        assert!(
            message.contains(expected),
            "{form}: {expected} in\n{message}"
        );
    }
    let longest = message
        .split('`')
        .skip(1)
        .step_by(2)
        .max_by_key(|quoted| quoted.len())
        .unwrap_or_default();
    assert!(longest.len() <= 120, "{form}: {longest}");
}

#[test]
#[cfg_attr(miri, ignore = "it starts a compiler")]
fn an_error_that_cannot_be_made_from_timed_out_names_the_three_ways_out() {
    for (form, _) in FORMS {
        let expected = [
            "an attempt that is interrupted needs an outcome",
            "`.on_timeout(|cut| Err(..))`",
            "implement `From<TimedOut>` for the error",
            "`.uninterrupted()`",
        ];
        assert_says(form, message(&format!("unmade_{form}")), &expected);
    }
}

#[test]
#[cfg_attr(miri, ignore = "it starts a compiler")]
fn an_outcome_that_is_no_result_asks_for_a_classifier() {
    for (form, _) in FORMS {
        let expected = [
            "the outcome `Option<String>` of an attempt is not classified",
            "an outcome must be a `Result`",
            "`values` and `outcomes` classify anything else",
        ];
        assert_says(form, message(&format!("unclassified_{form}")), &expected);
    }
}

#[test]
#[cfg_attr(miri, ignore = "it starts a compiler")]
fn a_complete_program_compiles() {
    for (form, _) in FORMS {
        let message = message(&format!("complete_{form}"));
        assert!(!message.contains("error"), "{form}: {message}");
    }
}
