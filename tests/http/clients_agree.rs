//! Four clients against the same scripted servers: each makes the same attempts, waits for the same reason, and ends with the
//! same outcome.
//!
//! The clients are those of `backoff-reqwest` and `backoff-ureq`, the middleware for `reqwest-middleware`, and the layer of
//! `tower-backoff` around the client of hyper-util. A row of the table ([`table`]) says what a server does, and what follows.
//! Where a client cannot do the same, the row says what it does, and why:
//!
//! | what | who differs | why |
//! |---|---|---|
//! | redirects | tower | hyper's client follows none |
//! | HTTP/2 | ureq | it speaks HTTP/1.1 |
//! | bodies as a part of the attempt | middleware, tower | the body belongs to the caller there |
//! | bodies that take longer than an attempt may | ureq: only after `streamed()` | it has one timer for headers and body |
//! | the rest of a failed response | ureq reads it before the wait, the others during the wait | a thread does one thing at a time |

mod client;
mod frames;
mod scenario;
mod server;
mod table;

use std::thread;

use client::Kind;
use scenario::Scenario;

#[test]
fn four_clients_make_the_same_attempts_and_end_alike() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let table = table::all();
    assert!(table.len() >= 40, "{}", table.len());
    let failures: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = table
            .iter()
            .flat_map(|scenario| Kind::ALL.map(|kind| (scenario, kind)))
            .map(|(scenario, kind)| scope.spawn(move || check(scenario, kind)))
            .collect();
        let results = runs.into_iter().map(|run| run.join().expect("no panic"));
        results.flatten().collect()
    });
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Says how a client differs from its row.
fn check(scenario: &Scenario, kind: Kind) -> Option<String> {
    let found = scenario.run(kind);
    let expected = scenario.expected(kind);
    (found != expected).then(|| {
        let name = scenario.name();
        format!("{name}: {kind:?} gives {found:?} and not {expected:?}")
    })
}
