//! The examples of HTTP, run as their users run them.

use std::env;
use std::process::Command;

/// What an example prints, without times.
#[test]
fn what_the_examples_tell() {
    let cases: [(&str, &[&str]); 4] = [
        (
            "client",
            &[
                "answer to request 4: 4 attempts in ",
                "\nanswer to request 5\n",
            ],
        ),
        (
            "grpc_pushback",
            &[
                "attempt 1 failed (transient)",
                ", as the server asked\n",
                "attempt 3 succeeded",
                "/weather.Weather/Now: Ok(\"snow in Oslo\")",
                "attempt 1 failed (permanent)",
                "/weather.Weather/Order: Err(",
            ],
        ),
        (
            "idempotent_post",
            &[
                "without a key: error sending request",
                "1 attempt in ",
                "POST without an Idempotency-Key is not repeated",
                "with a key: order 1, asked for by attempt 2; 2 attempts in ",
            ],
        ),
        (
            "tower",
            &[
                "attempt 2 failed (transient)",
                "attempt 3 failed (throttled)",
                ", as the server asked\n",
                "200 OK: at last\n",
            ],
        ),
    ];
    std::thread::scope(|scope| {
        for (name, expected) in cases {
            scope.spawn(move || tells(name, expected));
        }
    });
}

/// Runs an example, and finds these texts in what it prints, in their order.
fn tells(name: &str, expected: &[&str]) {
    let output = Command::new(program(name))
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, "")))
        .output()
        .unwrap_or_else(|error| {
            panic!("{name}: {error}; `cargo test -p backoff-examples` builds it")
        });
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {told}{errors}");
    let mut rest = &*told;
    for text in expected {
        let Some(at) = rest.find(text) else {
            panic!("{name}: {text:?} is not in its place: {told}{errors}");
        };
        rest = &rest[at..];
    }
}

/// `cargo test` builds the examples of a package with its tests, beside the directory that the tests are in.
fn program(name: &str) -> std::path::PathBuf {
    let mut path = env::current_exe().expect("the path of this test");
    path.pop();
    path.pop();
    path.join("examples")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
