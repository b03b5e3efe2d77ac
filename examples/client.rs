//! The three habits of a client that lasts: it never waits for ever, it keeps its connections, it tries again. It prints a
//! line for every retry.
//!
//! ```text
//! cargo run --example client
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::future::pending;
use std::io;
use std::time::Duration;

use backoff_examples::{answer, serve};
use backoff_reqwest::{Client, Policy, TokenBudget};

/// When to try again: up to four times, within ten seconds, each attempt no longer than one.
static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2))
    .with_deadline(Duration::from_secs(10))
    .with_attempt_timeout(Duration::from_secs(1));

/// And how often all calls together: when a service is down, retries are the load that keeps it there.
static BUDGET: TokenBudget = TokenBudget::aws_2_1();

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // TLS is a choice of the application. Here it is rustls with ring; there is one already, if this fails.
    let _ = rustls::crypto::ring::default_provider().install_default();

    // One client for the whole program: it holds the pool of connections.
    let client = Client::builder(&POLICY)
        .with_budget(&BUDGET)
        .on_event(|event| println!("{}", event.line())) // who asked whom for what, what came back, what follows
        .with_http(|http| {
            http.user_agent("backoff-example/1.0")
                .connect_timeout(Duration::from_millis(500)) // each part has a limit of its own
                .pool_max_idle_per_host(8)
                .no_proxy() // for a server on this machine, like the next line
                .tls_certs_only([])
        })
        .build()?;

    let url = misbehaving_server().await?;
    let (outcome, report) = client.get(&url).send_reported().await;
    let text = outcome?.error_for_status()?.text().await?;
    println!("{text}: {report}");

    // The next call finds the connection that the last one left.
    let text = client
        .get(&url)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    println!("{text}");
    Ok(())
}

/// Closes the connection, stalls, has too much to do, and then answers.
async fn misbehaving_server() -> io::Result<String> {
    serve(|request, _| async move {
        match request {
            1 => Err(io::Error::other("closed without a response")),
            2 => pending().await,
            3 => answer(503, &[("retry-after", "1")], "busy"),
            _ => answer(200, &[], format!("answer to request {request}")),
        }
    })
    .await
}
