//! Servers that break the protocol of a connection.

mod faults;
mod raw_server;

use std::time::{Duration, Instant};

use backoff_reqwest::{Client, Policy};
use reqwest::Method;
use tokio::runtime::Handle;

use crate::report::{Report, Row};
use crate::resources::Resources;
use faults::{Fault, Protocol};
use raw_server::{GOOD, RawServer};

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(5))
    .with_max_attempts(4)
    .with_attempt_timeout(Duration::from_millis(150))
    .with_deadline(Duration::from_secs(1));

/// The deadline, and time for a busy machine.
const IN_TIME: Duration = Duration::from_secs(3);

/// What a client may need for a response: the rest must stay with the server.
const MAX_MEMORY_KIB: usize = 64 << 10;

/// Calls servers that misbehave in every way of a list: by a method that may be repeated, and by one that may not.
pub(crate) async fn run(servers: &Handle, report: &mut Report) {
    for fault in faults::all() {
        let mut row = Row {
            name: format!("misbehaves by {}", fault.protocol.name()),
            ways: 1,
            ..Row::default()
        };
        let before = Resources::now();
        for method in [Method::GET, Method::POST] {
            let server = RawServer::start(servers, &fault);
            call(&fault, &server, method, &mut row).await;
            row.requests += server.requests();
            server.stop();
        }
        row.memory_kib = Resources::growth_kib(before);
        if row.memory_kib > MAX_MEMORY_KIB {
            row.violations.push(format!("{} KiB", row.memory_kib));
        }
        row.violations.extend(Resources::lost_since(before).await);
        for violation in &mut row.violations {
            *violation = format!("{}: {violation}", fault.name);
        }
        report.add(row);
    }
}

async fn call(fault: &Fault, server: &RawServer, method: Method, row: &mut Row) {
    let started = Instant::now();
    let request = client(fault.protocol).request(method.clone(), server.url(fault.protocol));
    let outcome = request.body("order").whole_response().send().await;
    let outcome = match outcome {
        Ok(response) => Some((response.status(), response.text().await)),
        Err(_) => None,
    };
    let elapsed = started.elapsed();
    row.calls += 1;
    if elapsed > IN_TIME {
        row.violations
            .push(format!("{method} ended after {elapsed:?}"));
    }
    let sent = server.requests();
    if method == Method::POST && sent > 1 && !fault.refuses {
        row.violations
            .push(format!("{method} was sent {sent} times"));
    }
    if let Some((status, Ok(body))) = outcome {
        row.succeeded += usize::from(status.is_success());
        if status == 200 && body != GOOD && Some(body.as_str()) != fault.body {
            row.violations.push(format!("{method} got {body:?}"));
        }
    }
}

fn client(protocol: Protocol) -> Client {
    let client = Client::builder(&POLICY).with_http(|http| {
        let http = http.no_proxy();
        match protocol {
            Protocol::Http1 => http.http1_only(),
            Protocol::Http2 => http.http2_prior_knowledge(),
            Protocol::Tls => http.tls_certs_only([]),
        }
    });
    client.build().expect("a client")
}
