//! Servers that misbehave, many calls at once, and calls that are cancelled: nothing is acted on twice, nothing is mixed
//! up, nothing is lost.
//!
//! `cargo test` runs a short form. `scripts/hostile` runs 10,000 calls at once. Prints a table for `docs/VERIFICATION.md`.

mod cancelled_waits;
mod connection_faults;
mod keyed_posts;
mod report;
mod resources;

use std::env;
use std::process::ExitCode;

use tokio::runtime::{Builder, Runtime};

use report::Report;

fn main() -> ExitCode {
    let calls = env::var("HOSTILE_CALLS")
        .ok()
        .and_then(|text| text.parse().ok());
    let calls = calls.unwrap_or(300);
    // The examples build reqwest with TLS and without a provider of it, which counts for all of the workspace.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Two runtimes, so that the tasks of the clients can be counted.
    let (servers, clients) = (runtime(1), runtime(2));
    let mut report = Report::default();
    clients.block_on(async {
        connection_faults::run(servers.handle(), &mut report).await;
        keyed_posts::run(servers.handle(), calls, &mut report).await;
        cancelled_waits::run(servers.handle(), calls, &mut report).await;
    });
    servers.shutdown_background();
    report.print();
    ExitCode::from(u8::from(!report.is_clean()))
}

fn runtime(threads: usize) -> Runtime {
    let runtime = Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build();
    runtime.expect("a runtime")
}
