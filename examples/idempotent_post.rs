//! A `POST` that is retried and still acts once, by its `Idempotency-Key`.
//!
//! ```text
//! cargo run --example idempotent_post
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_examples::{answer, serve};
use backoff_reqwest::{Client, Policy};
use hyper::http::HeaderValue;

static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2));

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let local = |http: reqwest::ClientBuilder| http.no_proxy().tls_certs_only([]);
    let careful = Client::builder(&POLICY).with_http(local).build()?;
    let keyed = Client::builder(&POLICY)
        .with_idempotency_keys() // the server knows the header
        .with_attempt_numbers()
        .with_http(local)
        .build()?;

    // The server takes the order, and the connection breaks before it can say so. Nobody knows whether to send it
    // again, so it is sent once.
    let url = order_desk().await?;
    let (outcome, report) = careful.post(&url).body("one tea").send_reported().await;
    println!(
        "without a key: {}; {report}",
        outcome.map_or_else(|error| error.to_string(), |_| String::new())
    );

    // The key is the same in each attempt: the server recognises the order, and gives the answer that was lost.
    let (outcome, report) = keyed.post(&url).body("one coffee").send_reported().await;
    println!(
        "with a key: {}; {report}",
        outcome?.error_for_status()?.text().await?
    );
    Ok(())
}

/// Takes orders, each key once, and breaks the connection after each that is new.
async fn order_desk() -> io::Result<String> {
    let orders = Arc::new(Mutex::new(HashMap::new()));
    serve(move |_, request| {
        let orders = orders.clone();
        async move {
            let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
            let Some(key) = header("idempotency-key") else {
                return Err(io::Error::other("the connection breaks"));
            };
            let mut orders = orders.lock().map_err(|_| io::Error::other("a panic"))?;
            let next = orders.len() + 1;
            if let Some(number) = orders.get(key) {
                let attempt = header("retry-attempt").unwrap_or_default().escape_ascii();
                let text = format!("order {number}, asked for by attempt {attempt}");
                return answer(200, &[], text);
            }
            orders.insert(key.to_vec(), next);
            Err(io::Error::other("the connection breaks"))
        }
    })
    .await
}
