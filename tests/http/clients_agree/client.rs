//! The four clients, each asked in the same way.

use std::error::Error;
use std::time::Duration;

use backoff_core::{Constant, Jitter};
use backoff_driver::TimedOut;
use backoff_http::{ErrorChain, Evidence, Fault};
use backoff_reqwest::{RetryMiddleware, no_retries};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Collected, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{self, connect::Connect};
use hyper_util::rt::TokioExecutor;
use tower::{ServiceBuilder, ServiceExt};
use tower_backoff::{BoxError, PeekLayer, Policy, RetryLayer, RetryMark};
use ureq::tls::TlsConfig;

use super::scenario::{Ask, Reading, To};
use super::server::no_certificates;

/// A client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Middleware,
    Reqwest,
    Tower,
    Ureq,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Middleware, Self::Reqwest, Self::Tower, Self::Ureq];
}

/// Three attempts, 20 ms apart.
static POLICY: Policy<Constant> = Policy::constant(Duration::from_millis(20))
    .with_jitter(Jitter::None)
    .with_max_attempts(3)
    .with_attempt_timeout(ATTEMPT)
    .with_deadline(Duration::from_secs(30));

/// What a client ends with: the status and the body, or the fault.
type End = Result<(u16, Result<Bytes, BoxError>), String>;

/// Where `https` leads to through a proxy. Nothing there is ever asked.
const BEHIND_THE_PROXY: &str = "https://127.0.0.1:9/";

/// How long an attempt may take.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(3);

/// Asks, and says how that ended.
pub(crate) fn run(kind: Kind, ask: &Ask, url: &str) -> String {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let end = match kind {
        Kind::Middleware => runtime.block_on(by_middleware(ask, url)),
        Kind::Reqwest => runtime.block_on(by_reqwest(ask, url)),
        Kind::Tower => runtime.block_on(by_tower(ask, url)),
        Kind::Ureq => by_ureq(ask, url),
    };
    match end {
        Ok((status, Ok(body))) => format!("{status} {}", body.escape_ascii()),
        Ok((status, Err(_))) => format!("{status} broken"),
        Err(fault) => fault,
    }
}

/// The fault of an error, and after how many attempts the client gave up, by its mark.
fn fault(error: &(dyn Error + 'static), marked: &(dyn Error + 'static)) -> String {
    let cut = ErrorChain::of(error).any(<dyn Error>::is::<TimedOut>);
    let fault = if cut {
        Fault::Timeout
    } else {
        Evidence::of_error(error).fault()
    };
    match RetryMark::find(marked) {
        Some(mark) => format!("{fault}, {mark}"),
        None => fault.to_string(),
    }
}

fn request(ask: &Ask, url: &str) -> Request<Full<Bytes>> {
    let target = if ask.to == To::Proxy {
        BEHIND_THE_PROXY
    } else {
        url
    };
    let mut request = Request::builder().method(&ask.method).uri(target);
    if ask.key {
        request = request.header("idempotency-key", "\"7\"");
    }
    let body = Full::from(ask.body);
    request.body(body).expect("a legal request")
}

fn reqwest_client(ask: &Ask, url: &str, http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let http = http.tls_danger_accept_invalid_certs(true).no_proxy();
    match ask.to {
        To::Http2 => http.http2_prior_knowledge(),
        To::Proxy => http.proxy(reqwest::Proxy::all(url).expect("a proxy")),
        _ => http,
    }
}

fn reqwest_request(ask: &Ask, url: &str) -> reqwest::Request {
    let request = request(ask, url).map(|_| reqwest::Body::from(ask.body));
    request.try_into().expect("a legal request")
}

async fn by_reqwest(ask: &Ask, url: &str) -> End {
    let client = backoff_reqwest::Client::builder(&POLICY)
        .with_http(|http| reqwest_client(ask, url, http))
        .with_rules(ask.rules)
        .build()
        .expect("a client");
    let built = reqwest_request(ask, url);
    let mut request = client.request(built.method().clone(), built.url().clone());
    request = request.headers(built.headers().clone()).body(ask.body);
    if ask.reading == Reading::Whole {
        request = request.whole_response();
    }
    let response = request.send().await;
    let response = response.map_err(|error| fault(&*error, &error))?;
    let status = response.status().as_u16();
    Ok((status, response.bytes().await.map_err(Into::into)))
}

async fn by_middleware(ask: &Ask, url: &str) -> End {
    let http = reqwest_client(ask, url, reqwest::Client::builder());
    let http = http.retry(no_retries()).build().expect("a client");
    let client = reqwest_middleware::ClientBuilder::new(http)
        .with(RetryMiddleware::new(&POLICY).with_rules(ask.rules))
        .build();
    let response = client.execute(reqwest_request(ask, url)).await;
    let response = response.map_err(|error| match error {
        reqwest_middleware::Error::Middleware(error) => fault(error.as_ref(), error.as_ref()),
        reqwest_middleware::Error::Reqwest(error) => fault(&error, &error),
    })?;
    let status = response.status().as_u16();
    Ok((status, response.bytes().await.map_err(Into::into)))
}

async fn by_tower(ask: &Ask, url: &str) -> End {
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(no_certificates())
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1();
    let mut plain = HttpConnector::new();
    plain.enforce_http(false);
    if ask.to == To::Proxy {
        let tunnel = Tunnel::new(url.parse().expect("a URI"), plain);
        return by_hyper(ask, url, connector.wrap_connector(tunnel)).await;
    }
    by_hyper(ask, url, connector.wrap_connector(plain)).await
}

async fn by_hyper<C>(ask: &Ask, url: &str, connector: C) -> End
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let hyper = legacy::Client::builder(TokioExecutor::new())
        .http2_only(ask.to == To::Http2)
        .build(connector);
    let client = ServiceBuilder::new()
        .layer(RetryLayer::new(&POLICY).with_rules(ask.rules))
        .layer(PeekLayer::new(ask.rules))
        .service(hyper);
    let response = client.oneshot(request(ask, url)).await;
    let response = response.map_err(|error| fault(&*error, &*error))?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await;
    Ok((status, body.map(Collected::to_bytes).map_err(Into::into)))
}

fn by_ureq(ask: &Ask, url: &str) -> End {
    let proxy = (ask.to == To::Proxy).then(|| ureq::Proxy::new(url).expect("a proxy"));
    let tls = TlsConfig::builder().disable_verification(true).build();
    let client = backoff_ureq::Client::builder(&POLICY)
        .with_http(|http| http.proxy(proxy).tls_config(tls))
        .with_rules(ask.rules)
        .build();
    let (head, _) = request(ask, url).into_parts();
    let mut request = client.request(head.method, head.uri);
    for (name, value) in &head.headers {
        request = request.header(name, value);
    }
    if !ask.body.is_empty() {
        request = request.body(ask.body);
    }
    request = match ask.reading {
        Reading::Plain => request,
        Reading::Streamed => request.streamed(),
        Reading::Whole => request.whole_response(1_000_000),
    };
    let response = request.send();
    let mut response = response.map_err(|error| fault(&*error, &error))?;
    let status = response.status().as_u16();
    let body = response.body_mut().read_to_vec();
    Ok((status, body.map(Bytes::from).map_err(Into::into)))
}
