//! Many keyed orders at once, half of which fail at first: before, while and after they are acted on.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_reqwest::{Client, ConcurrencyBudget, Policy};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::report::{Report, Row};
use crate::resources::Resources;

static POLICY: Policy = Policy::exponential(Duration::from_millis(20), Duration::from_secs(1))
    .with_max_attempts(10)
    .with_attempt_timeout(Duration::from_secs(20))
    .with_deadline(Duration::from_secs(120));

static BUDGET: ConcurrencyBudget = ConcurrencyBudget::new(1, 1).with_min_retries(u32::MAX);

/// What the server knows of a key.
#[derive(Debug, Default)]
struct Order {
    body: Bytes,
    requests: usize,
    acted: usize,
}

type Orders = Arc<Mutex<HashMap<String, Order>>>;

/// Sends so many orders at once.
pub(crate) async fn run(servers: &Handle, calls: usize, report: &mut Report) {
    let before = Resources::now();
    let orders = Orders::default();
    let (url, server) = start(servers, orders.clone()).await;
    let client = Client::builder(&POLICY)
        .with_http(|http| http.no_proxy().http2_prior_knowledge())
        .with_idempotency_keys()
        .with_budget(&BUDGET)
        .build();
    let client = client.expect("a client");
    let mut tasks = JoinSet::new();
    for number in 0..calls {
        let request = client.post(&url).body(format!("order {number}"));
        tasks.spawn(async move {
            let response = request.whole_response().send().await.ok()?;
            let (status, body) = (response.status(), response.text().await.ok()?);
            (status == 200).then_some((number, body))
        });
    }
    let mut row = Row {
        name: "fails half of the keyed POSTs twice, all at once".to_owned(),
        ways: 5,
        calls,
        ..Row::default()
    };
    for answer in tasks.join_all().await.into_iter().flatten() {
        row.succeeded += 1;
        let (number, body) = answer;
        if body != format!("done: order {number}") {
            row.violations.push(format!("order {number} got {body:?}"));
        }
    }
    row.memory_kib = Resources::growth_kib(before);
    check(&orders, calls, &mut row);
    if BUDGET.calls() + BUDGET.retries() > 0 {
        row.violations.push(format!(
            "{} calls and {} retries are counted still",
            BUDGET.calls(),
            BUDGET.retries()
        ));
    }
    drop(client);
    server.abort();
    row.violations.extend(Resources::lost_since(before).await);
    report.add(row);
}

fn check(orders: &Orders, calls: usize, row: &mut Row) {
    let orders = orders.lock().expect("no panic");
    row.requests = orders.values().map(|order| order.requests).sum();
    if row.succeeded < calls || orders.len() != calls {
        let text = format!(
            "{} of {calls} calls succeeded, with {} keys",
            row.succeeded,
            orders.len()
        );
        row.violations.push(text);
    }
    let twice = orders.values().filter(|order| order.acted != 1).count();
    if twice > 0 {
        row.violations
            .push(format!("{twice} orders were not acted on once"));
    }
}

async fn start(servers: &Handle, orders: Orders) -> (String, tokio::task::JoinHandle<()>) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let server = servers.spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tell.send(format!("http://{address}/")).expect("a listener");
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let orders = orders.clone();
            let service = service_fn(move |request| answer(request, orders.clone()));
            let http = http2::Builder::new(TokioExecutor::new());
            connections.spawn(http.serve_connection(TokioIo::new(stream), service));
        }
    });
    (told.await.expect("an address"), server)
}

/// Acts on an order once, whatever fails. Every second order fails at its first two requests.
async fn answer(request: Request<Incoming>, orders: Orders) -> io::Result<Response<Full<Bytes>>> {
    let key = request.headers().get("idempotency-key").cloned();
    let key = key
        .and_then(|key| Some(key.to_str().ok()?.to_owned()))
        .unwrap_or_default();
    let body = request
        .into_body()
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes();
    let number: usize = String::from_utf8_lossy(&body)
        .trim_start_matches("order ")
        .parse()
        .unwrap_or(0);
    let (attempt, is_same) = {
        let mut orders = orders.lock().expect("no panic");
        let order = orders.entry(key.clone()).or_default();
        order.requests += 1;
        if order.requests == 1 {
            order.body = body.clone();
        }
        (order.requests, order.body == body)
    };
    let act = || {
        let mut orders = orders.lock().expect("no panic");
        let order = orders.entry(key.clone()).or_default();
        // A server that knows keys acts on each once. A key of two orders would show.
        order.acted += usize::from(order.acted == 0 || !is_same);
    };
    let fails = number % 2 == 1 && attempt <= 2;
    match number / 2 % 5 {
        0 if fails => return Ok(response(503, "busy".into())),
        1 if fails => return Err(io::Error::other("reset before it was acted on")),
        2 if fails => {
            act();
            return Err(io::Error::other("reset after it was acted on"));
        }
        3 if fails => {
            act();
            return Ok(response(500, "broken".into()));
        }
        4 if fails => return Ok(response(429, "slower".into())),
        _ => act(),
    }
    Ok(response(
        200,
        format!("done: {}", String::from_utf8_lossy(&body)),
    ))
}

fn response(status: u16, body: String) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .status(status)
        .body(Full::new(body.into()));
    response.unwrap_or_else(|_: http::Error| Response::default())
}
