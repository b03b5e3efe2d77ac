//! The example `fetch`, run as its users run it.

use std::env;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// With its tests, which an example does not run by itself.
#[path = "../fetch/settings.rs"]
#[allow(dead_code, reason = "the example uses it, and this file its tests")]
mod settings;

/// Variables of the environment: names and values.
type Variables<'a> = &'a [(&'a str, &'a str)];

/// This test waits for real: the server's hints and the timeout of an attempt take about 5 s, and jitter adds
/// up to 3.4 s.
#[test]
fn a_call_survives_the_whole_script_in_its_order() {
    let (output, took) = fetch(&[]);
    let (told, errors) = text(&output);
    assert!(output.status.success(), "{told}{errors}");
    assert!(took < Duration::from_secs(15), "{took:?}");

    let expected = [
        ("connection reset", "transient: wait", "our own window"),
        (
            "503 Service Unavailable",
            "transient: wait",
            "our own window",
        ),
        (
            "429 Too Many Requests, Retry-After: 1",
            "throttled: wait",
            "the server's hint of 1s",
        ),
        (
            "503 Service Unavailable, Retry-After: ",
            "throttled: wait",
            "the server's hint of ",
        ),
        ("timed out after 2s", "transient: wait", "our own window"),
        ("200 OK, 42 bytes", "accepted", ""),
    ];
    let rows = rows(&told);
    assert_eq!(rows.len(), expected.len(), "{told}");
    for (index, (row, (came_back, decided, why))) in rows.iter().zip(expected).enumerate() {
        assert_eq!(row.attempt, index + 1, "{told}");
        assert!(row.came_back.starts_with(came_back), "{came_back}: {told}");
        assert!(row.decision.starts_with(decided), "{decided}: {told}");
        assert!(row.decision.contains(why), "{why}: {told}");
    }
    let waited = rows[3].at - rows[2].at;
    assert!(
        waited >= 1.0,
        "{waited} s are less than the server's hint: {told}"
    );
    assert!(told.contains("\n6 attempts in "), "{told}");
    assert!(
        told.ends_with("\n\nHello from a server that answers at last.\n"),
        "{told}"
    );
    assert!(
        !told.contains('\u{1b}'),
        "no live line where nobody watches: {told:?}"
    );
}

#[test]
fn bad_arguments_are_named_and_end_with_status_2() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["--settings"],
            "a value is required for '--settings <FILE>'",
        ),
        (
            &["--method", "G T"],
            "invalid value 'G T' for '--method <M>': expected the name of a method, such as HEAD",
        ),
        (&["--retries", "3"], "unexpected argument '--retries'"),
        (
            &["example.org"],
            "invalid value 'example.org' for '[URL]': expected a whole URL of http or https, such as https://example.org/",
        ),
        (
            &["ftp://example.org/"],
            "invalid value 'ftp://example.org/' for '[URL]': expected a whole URL of http or https",
        ),
        (
            &["http://one.invalid/", "http://two.invalid/"],
            "unexpected argument 'http://two.invalid/'",
        ),
    ];
    for (arguments, expected) in cases {
        let (output, _) = fetch(arguments);
        let (told, errors) = text(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
        assert!(
            errors.ends_with("For more information, try '--help'.\n"),
            "{arguments:?}: {errors}"
        );
        assert_eq!(told, "", "{arguments:?}");
    }
}

#[test]
fn help_goes_to_standard_output() {
    for flag in ["--help", "-h"] {
        let (output, _) = fetch(&[flag]);
        let (told, errors) = text(&output);
        assert!(
            output.status.success() && errors.is_empty(),
            "{flag}: {errors}"
        );
        assert!(
            told.contains("--settings <FILE>") && told.contains("Usage: fetch"),
            "{flag}: {told}"
        );
    }
}

/// A refused connection asks for a wait of at least a second, which the second case has no time for.
#[test]
fn a_dead_url_ends_with_its_last_error_and_status_1() {
    let url = dead_url();
    let cases: &[(&[&str], Variables<'_>, usize, &str)] = &[
        (
            &[],
            &[
                ("FETCH_RETRY_MAX_ATTEMPTS", "2"),
                ("FETCH_RETRY_BASE", "1ms"),
            ],
            2,
            "all attempts are used up",
        ),
        (
            &[],
            &[
                ("FETCH_RETRY_MAX_ATTEMPTS", "2"),
                ("FETCH_RETRY_DEADLINE", "1s"),
            ],
            1,
            "no time is left before the deadline",
        ),
        (
            &["--method", "POST"],
            &[("FETCH_RETRY_MAX_ATTEMPTS", "1")],
            1,
            "all attempts are used up",
        ),
    ];
    for (arguments, variables, attempts, reason) in cases {
        let (output, took) = fetch_with(&[&[&*url], *arguments].concat(), variables);
        let (told, errors) = text(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(took < Duration::from_secs(5), "{arguments:?}: {took:?}");
        assert_eq!(rows(&told).len(), *attempts, "{arguments:?}: {told}");
        let s = if *attempts == 1 { "" } else { "s" };
        for expected in [
            &url,
            "onnection refused",
            &format!("{attempts} attempt{s} in "),
            reason,
        ] {
            assert!(
                errors.contains(expected),
                "{arguments:?}, {expected}: {errors}"
            );
        }
    }
}

#[test]
fn a_mistake_in_the_settings_is_named_and_ends_with_status_1() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("fetch-mistake.toml");
    std::fs::write(&file, "[retry]\nmax_dellay = '1s'").expect("a file");
    let file = file.to_str().expect("a path in UTF-8");
    let cases: &[(&[&str], Variables<'_>, &str)] = &[
        (
            &[],
            &[("FETCH_RETRY_MAX_ATTEMPTS", "0")],
            "FETCH_RETRY_MAX_ATTEMPTS: \"0\" is not a number of attempts",
        ),
        (&["--settings", file], &[], "retry.max_dellay: "),
        (&["--settings", file], &[], "line 2, column 1"),
        (&["--settings", "/no/such/file"], &[], "/no/such/file: "),
    ];
    for (arguments, variables, expected) in cases {
        let (output, _) = fetch_with(arguments, variables);
        let (_, errors) = text(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{expected}: {errors}");
    }
}

/// The script begins with a connection that is closed once the request is there.
#[test]
fn a_post_that_may_have_been_processed_is_not_repeated() {
    let (output, _) = fetch(&["--method", "post"]);
    let (told, errors) = text(&output);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    let rows = rows(&told);
    assert_eq!(rows.len(), 1, "{told}");
    assert_eq!(
        rows[0].decision,
        "permanent: POST without an Idempotency-Key is not repeated"
    );
}

/// Two lines of the timeline.
struct Row<'t> {
    attempt: usize,
    /// Seconds since the first attempt began.
    at: f64,
    came_back: &'t str,
    decision: &'t str,
}

fn rows(told: &str) -> Vec<Row<'_>> {
    let lines: Vec<_> = told.lines().collect();
    lines
        .windows(2)
        .filter_map(|pair| {
            let (attempt, rest) = pair[0].strip_prefix("attempt ")?.split_once(' ')?;
            let (at, came_back) = rest.trim_start().split_once(" s  ")?;
            Some(Row {
                attempt: attempt.parse().ok()?,
                at: at.parse().ok()?,
                came_back,
                decision: pair[1].trim_start(),
            })
        })
        .collect()
}

fn text(output: &Output) -> (String, String) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

fn fetch(arguments: &[&str]) -> (Output, Duration) {
    fetch_with(arguments, &[])
}

fn fetch_with(arguments: &[&str], variables: Variables<'_>) -> (Output, Duration) {
    let program = program();
    let started = Instant::now();
    let output = Command::new(&program)
        .args(arguments)
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, "")))
        .envs(variables.iter().copied())
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "{}: {error}; `cargo test -p backoff-examples` builds it",
                program.display()
            )
        });
    (output, started.elapsed())
}

/// `cargo test` builds the examples of a package with its tests, beside the directory that the tests are in.
/// With `--test fetch` it builds the test alone, and this is the example as it was built last.
fn program() -> PathBuf {
    let mut path = env::current_exe().expect("the path of this test");
    path.pop();
    path.pop();
    path.join("examples")
        .join(format!("fetch{}", env::consts::EXE_SUFFIX))
}

/// A port that nobody listens on: one that was free a moment ago.
fn dead_url() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("its address");
    format!("http://{address}/")
}
