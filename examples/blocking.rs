//! A script without async: it asks a server that misbehaves, and gets its answer.
//!
//! ```text
//! cargo run --example blocking
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::io;
use std::time::Duration;

use backoff_examples::{answer, serve};
use backoff_ureq::{Client, ErrorForStatus, Policy};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(2))
    .with_attempt_timeout(Duration::from_secs(1))
    .with_deadline(Duration::from_secs(10));

fn main() -> Result<(), Box<dyn Error>> {
    // The server runs beside the script, which is all that async is for here.
    let runtime = tokio::runtime::Runtime::new()?;
    let url = runtime.block_on(misbehaving_server())?;

    let client = Client::builder(&POLICY)
        .with_http(|http| http.proxy(None))
        .on_event(|event| println!("{}", event.line()))
        .build();
    let mut page = client.get(url).send()?.error_for_status()?;
    println!("{}", page.body_mut().read_to_string()?);
    Ok(())
}

async fn misbehaving_server() -> io::Result<String> {
    serve(|request, _| async move {
        match request {
            1 => Err(io::Error::other("closed without a response")),
            2 => answer(429, &[("retry-after-ms", "300")], "slower"),
            _ => answer(200, &[], "at last"),
        }
    })
    .await
}
