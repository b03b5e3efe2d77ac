//! What a layer of retries adds to a request: in reqwest's middleware, and in tower.
//!
//! Within the layers there is no network: the innermost gives a canned response. The same chain without retries is
//! what an answer is compared with. Three failures are three responses of status 503 under tokio's paused clock.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::Policy;
use http::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use tokio::runtime::Builder;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::util::rng::HasherRng;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

fn main() {
    ask(&[
        (FIRST, REQWEST),
        (FIRST, TOWER),
        (THREE, &REQWEST[1..]),
        (THREE, &TOWER[1..]),
    ]);
}

const FIRST: Measure = Measure {
    name: "a request",
    less: (500, 0),
    more: (1_500, 0),
    per: 1_000,
    by: By::Both,
};
const THREE: Measure = Measure {
    name: "a request after three failures",
    less: (500, 3),
    more: (1_500, 3),
    per: 1_000,
    by: By::Both,
};

const REQWEST: &[Subject] = &[
    Subject::new("reqwest-middleware alone", |n, failures| {
        reqwest(n, failures, |client| client);
    }),
    Subject::new("backoff-reqwest", |n, failures| {
        reqwest(n, failures, |client| {
            client.with(backoff_reqwest::RetryMiddleware::new(&POLICY))
        });
    }),
    Subject::new("reqwest-retry", |n, failures| {
        let policy = reqwest_retry::policies::ExponentialBackoff::builder()
            .retry_bounds(BASE, MAX)
            .build_with_max_retries(4);
        let retry = reqwest_retry::RetryTransientMiddleware::new_with_policy(policy);
        reqwest(n, failures, |client| client.with(retry));
    }),
];

const TOWER: &[Subject] = &[
    Subject::new("tower's service alone", |n, failures| {
        run(n, failures, service_fn(answer));
    }),
    Subject::new("tower-backoff", |n, failures| {
        let layer = tower_backoff::RetryLayer::new(&POLICY);
        run(
            n,
            failures,
            ServiceBuilder::new()
                .layer(layer)
                .service(service_fn(answer)),
        );
    }),
    Subject::new("tower::retry", |n, failures| {
        let policy = Bounded::new();
        run(
            n,
            failures,
            ServiceBuilder::new()
                .retry(policy)
                .service(service_fn(answer)),
        );
    }),
];

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

static POLICY: Policy = Policy::exponential(BASE, MAX);

/// How many failures are left of this request.
static FAILURES: AtomicU32 = AtomicU32::new(0);

fn response<B: Default>() -> Response<B> {
    let left = FAILURES.load(Relaxed);
    FAILURES.store(left.saturating_sub(1), Relaxed);
    let mut response = Response::new(B::default());
    *response.status_mut() = match left {
        0 => http::StatusCode::OK,
        _ => http::StatusCode::SERVICE_UNAVAILABLE,
    };
    response
}

/// The innermost middleware.
struct Canned;

#[async_trait::async_trait]
impl Middleware for Canned {
    async fn handle(
        &self,
        request: reqwest::Request,
        _: &mut http::Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        black_box(request);
        Ok(response::<String>().into())
    }
}

fn reqwest(n: u32, failures: u32, layer: impl FnOnce(ClientBuilder) -> ClientBuilder) {
    let client = ClientBuilder::new(reqwest::Client::new());
    let client: ClientWithMiddleware = layer(client).with(Canned).build();
    paused(async {
        for _ in 0..n {
            FAILURES.store(failures, Relaxed);
            let response = client.get("http://127.0.0.1/").send().await;
            assert!(response.is_ok_and(|response| response.status().is_success()));
        }
    });
}

fn answer(request: Request<()>) -> Ready<Result<Response<()>, Infallible>> {
    black_box(request);
    ready(Ok(response()))
}

fn run<S>(n: u32, failures: u32, mut service: S)
where
    S: Service<Request<()>, Response = Response<()>>,
    S::Error: std::fmt::Debug,
{
    paused(async {
        for _ in 0..n {
            FAILURES.store(failures, Relaxed);
            let service = service.ready().await.expect("ready");
            let response = service.call(Request::new(())).await.expect("a response");
            assert!(response.status().is_success());
        }
    });
}

fn paused(call: impl Future<Output = ()>) {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(call);
}

/// The policy that a user of tower writes: four retries of every answer above 499.
#[derive(Clone)]
struct Bounded {
    left: u32,
    backoff: ExponentialBackoff,
}

impl Bounded {
    fn new() -> Self {
        let maker = ExponentialBackoffMaker::new(BASE, MAX, 1.0, HasherRng::new());
        Self {
            left: 4,
            backoff: maker.expect("bounds").make_backoff(),
        }
    }
}

impl tower::retry::Policy<Request<()>, Response<()>, Infallible> for Bounded {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut Request<()>,
        result: &mut Result<Response<()>, Infallible>,
    ) -> Option<Self::Future> {
        let failed = result
            .as_ref()
            .is_ok_and(|response| response.status().as_u16() > 499);
        self.left = failed.then(|| self.left.checked_sub(1))??;
        Some(self.backoff.next_backoff())
    }

    fn clone_request(&mut self, request: &Request<()>) -> Option<Request<()>> {
        Some(request.clone())
    }
}
