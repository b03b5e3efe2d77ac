//! Every example but `fetch`, which has tests of its own, run as its users run it.

use std::env;
use std::process::Command;

/// Each example with texts that it prints, in their order. They have no times, which differ from run to run.
const CASES: &[(&str, &[&str])] = &[
    (
        "attribute",
        &[
            "attempt 2 failed (transient)",
            "attempt 3 succeeded",
            "\nhello, Ada Lovelace\n",
            "attempt 1 failed (permanent)",
            "\nthere is no user bob\n",
        ],
    ),
    (
        "batch",
        &[
            "sending [\"temperature\", \"rain\", \"humidity 93 %\", \"\", \"wind\"]",
            "sending [\"temperature\", \"humidity 93 %\"]",
            "\"temperature\": Some(Ok(11)), 2 attempts in ",
            "\"\": Some(Err(Empty)), 1 attempt in ",
            "two at a time",
            "\"temperature\": Some(Ok(11)), 2 attempts in ",
        ],
    ),
    (
        "blocking",
        &[
            "attempt 1 failed (transient)",
            "attempt 2 failed (throttled)",
            ", as the server asked (retry-after-ms)\n",
            "\nat last\n",
        ],
    ),
    (
        "client",
        &[
            "/: attempt 1 failed (transient) after ",
            " by the schedule\nGET 127.0.0.1:",
            ": status 503; retrying in ",
            ", as the server asked (retry-after)\n",
            "answer to request 4: 4 attempts in ",
            "\nanswer to request 5\n",
        ],
    ),
    (
        "grpc_pushback",
        &[
            "attempt 1 failed (transient)",
            ", as the server asked (grpc-retry-pushback-ms)\n",
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
    #[cfg(feature = "runtimes")]
    (
        "library",
        &[
            "tokio:              hello (4 attempts in ",
            "async-std:          hello (4 attempts in ",
            "smol:               hello (4 attempts in ",
            "embassy:            hello (4 attempts in ",
            "a boxed runtime:    hello (4 attempts in ",
        ],
    ),
    #[cfg(feature = "observability")]
    (
        "observability",
        &[
            "retrying attempt=1 ",
            "origin=\"hint\"",
            "gave up attempt=2 ",
            "\ncalls_succeeded_total 2\nretries_total 3\nhints_honoured_total 1\n",
            "give_ups_total{reason=\"Permanent\"} 1\n",
        ],
    ),
    (
        "reconnect",
        &[
            "attempt 1 failed",
            "attempt 3 failed",
            "\n  hello\n",
            "attempt 4 lasted; a new call begins",
            "attempt 1 failed",
            "attempt 2 failed",
            "\n  bye\n",
            "attempt 3 succeeded",
        ],
    ),
    (
        "request_budget",
        &[
            "fails 0 times:",
            "retries left: 4",
            "fails 1 times:",
            "retries left: 1",
            "fails 9 times:",
            "gave up: the retry budget is empty",
            "retries left: 0",
        ],
    ),
    (
        "semaphore",
        &[
            "user 0: attempt 1 failed",
            "user 1: has the permit",
            "user 1: done: Ok(\"user 1\")",
            "user 0: done: Ok(\"user 0\")",
        ],
    ),
    (
        "tower",
        &[
            "attempt 2 failed (transient)",
            "attempt 3 failed (throttled)",
            ": status 429; retrying in ",
            ", as the server asked (retry-after-ms)\n",
            "200 OK: at last\n",
        ],
    ),
];

#[test]
fn examples_print_what_they_promise() {
    std::thread::scope(|scope| {
        for (name, expected) in CASES {
            scope.spawn(move || prints(name, expected));
        }
    });
}

/// Runs an example, and finds these texts in what it prints, in their order.
fn prints(name: &str, expected: &[&str]) {
    let output = Command::new(program(name))
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, "")))
        .output()
        .unwrap_or_else(|error| {
            panic!("{name}: {error}; `cargo test -p backoff-examples` builds it")
        });
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {printed}{errors}");
    let mut rest = &*printed;
    for text in expected {
        let Some(at) = rest.find(text) else {
            panic!("{name}: {text:?} is not in its place: {printed}{errors}");
        };
        rest = &rest[at + text.len()..];
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
