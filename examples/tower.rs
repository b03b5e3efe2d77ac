//! A stack of tower around hyper's client: retries outside, the limit on connections inside.
//!
//! ```text
//! cargo run --example tower
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::io;
use std::time::Duration;

use backoff_examples::{answer, serve};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tower::{ServiceBuilder, ServiceExt};
use tower_backoff::{BoxError, Policy, RetryLayer, TokenBudget};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(2))
    .with_attempt_timeout(Duration::from_secs(1));

/// All clones of the service share it.
static BUDGET: TokenBudget = TokenBudget::aws_2_1();

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let client = ServiceBuilder::new()
        .layer(
            RetryLayer::new(&POLICY)
                .with_budget(&BUDGET)
                .on_event(|event| println!("{}", event.line())),
        )
        // Within the retries, so that a request which waits for its next attempt leaves its place to others.
        .concurrency_limit(10)
        .service(Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>());

    let url = misbehaving_server().await?;
    let request = Request::get(url).body(Full::default())?;
    let response = client.oneshot(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    println!("{status}: {}", String::from_utf8_lossy(&body));
    Ok(())
}

async fn misbehaving_server() -> io::Result<String> {
    serve(|request, _| async move {
        match request {
            1 => Err(io::Error::other("closed without a response")),
            2 => answer(502, &[], "no server behind this one"),
            3 => answer(429, &[("retry-after-ms", "300")], "slower"),
            _ => answer(200, &[], "at last"),
        }
    })
    .await
}
