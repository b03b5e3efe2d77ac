//! The compiler says in words what a call needs, under the attribute, in the loop and in `run`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const NO_OUTCOME: &[&str] = &[
    "error[E0277]: an attempt that is interrupted needs an outcome, and its error cannot be made from `TimedOut`",
    "= note: give one: `.on_timeout(|cut| Err(..))`",
    "= note: or implement `From<TimedOut>` for the error",
    "= note: or let attempts run to their end: `.uninterrupted()`",
];

const NO_CLASSIFIER: &[&str] = &[
    "error[E0277]: the outcome `u32` of an attempt is not classified",
    "= note: unless `when` names a classifier, an outcome must be a `Result`, whose every `Err` is retried",
    "= note: `when` takes a function over the error of a `Result`; `values` and `outcomes` classify anything else",
];

const CASES: &[(&str, &str, &[&str])] = &[
    // (name, program, the first error)
    (
        "an_error_under_the_attribute",
        "#[backoff_tokio::retry(POLICY)]
         async fn fetch() -> Result<u32, Refused> { Ok(1) }",
        NO_OUTCOME,
    ),
    (
        "an_error_in_the_loop",
        "async fn fetch() {
             let attempt = async { Err::<u32, _>(Refused) };
             let _ = backoff_tokio::attempts(&POLICY).limit(attempt).await;
         }",
        NO_OUTCOME,
    ),
    (
        "an_error_in_run",
        "async fn fetch() {
             let _ = backoff_tokio::attempts(&POLICY).run(async || Err::<u32, _>(Refused)).await;
         }",
        NO_OUTCOME,
    ),
    (
        "an_error_in_the_future",
        "async fn fetch() {
             let _ = backoff_tokio::retry(&POLICY, async || Err::<u32, _>(Refused)).await;
         }",
        NO_OUTCOME,
    ),
    (
        "a_number_under_the_attribute",
        "#[backoff_tokio::retry(POLICY)]
         async fn count() -> u32 { 1 }",
        NO_CLASSIFIER,
    ),
    (
        "a_number_in_the_loop",
        "async fn count() {
             let _ = backoff_tokio::attempts(&POLICY).pause_after(&1_u32);
         }",
        NO_CLASSIFIER,
    ),
    (
        "a_number_in_run",
        "async fn count() {
             let _ = backoff_tokio::attempts(&POLICY).run(async || 1_u32).await;
         }",
        NO_CLASSIFIER,
    ),
    (
        "a_number_in_the_future",
        "async fn count() {
             let _ = backoff_tokio::retry(&POLICY, async || 1_u32).await;
         }",
        NO_CLASSIFIER,
    ),
    (
        "an_argument_that_the_body_moves",
        "#[backoff_tokio::retry(POLICY)]
         async fn send(text: String) -> std::io::Result<usize> { Ok(text.into_bytes().len()) }",
        &["error[E0382]: use of moved value: `text`"],
    ),
    (
        "a_function_without_a_body",
        "trait Fetch {
             #[backoff_tokio::retry(POLICY)]
             fn fetch(&self) -> std::io::Result<u32>;
         }",
        &["error: `retry` goes before a function with a body"],
    ),
];

const MANIFEST: &str = r#"
[package]
name = "messages"
version = "0.0.0"
edition = "2024"

[dependencies]
backoff-tokio = { path = "PATH", features = ["macros"] }

[workspace]
"#;

#[test]
fn the_compiler_says_what_is_missing() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages");
    write_package(&folder);
    for (name, _, expected) in CASES {
        let told = compile(&folder, name);
        let mut lines = told.lines().map(str::trim);
        for line in *expected {
            assert!(
                lines.any(|told| told == *line),
                "{name}: `{line}` is missing in\n{told}"
            );
        }
    }
}

/// Writes a package with a program for each case, which needs what this one needs.
fn write_package(folder: &Path) {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let adapter = crates.join("backoff-tokio");
    let manifest = MANIFEST.replace("PATH", adapter.to_str().expect("a path in UTF-8"));
    fs::create_dir_all(folder.join("src/bin")).expect("a folder");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(crates.join("../Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    for (name, program, _) in CASES {
        let program = format!(
            "static POLICY: backoff_tokio::Policy = backoff_tokio::Policy::DEFAULT;\n\
             struct Refused;\n{program}\nfn main() {{}}\n"
        );
        fs::write(folder.join(format!("src/bin/{name}.rs")), program).expect("a program");
    }
}

/// What the compiler says, without network: all that is needed was built for this test.
fn compile(folder: &Path, name: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(folder)
        .args(["check", "--offline", "--quiet", "--bin", name])
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{name} compiles");
    told
}
