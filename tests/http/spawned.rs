//! Calls are spawned, whatever the budget of the client or of the request is.

use std::sync::Arc;

use backoff_core::Constant;
use backoff_reqwest::{
    Budgets, Client, ConcurrencyBudget, HostBudgets, Policy, RetryMiddleware, TokenBudget,
};
use reqwest_middleware::ClientBuilder;

use crate::server::Server;

const QUICK: Policy<Constant> = Policy::constant(std::time::Duration::from_millis(5));

static TOKENS: TokenBudget = TokenBudget::aws_2_1();
static SHARE: ConcurrencyBudget = ConcurrencyBudget::new(1, 1).with_min_retries(100);
static HOSTS: HostBudgets<TokenBudget> = HostBudgets::new(TokenBudget::aws_2_1);

/// Spawns calls to a server that fails each first attempt, and returns how many requests it saw.
macro_rules! spawn_with {
    ($make:expr) => {{
        let server = Server::start(|n| match n % 2 {
            0 => crate::server::Reply::status(503, &[]),
            _ => crate::server::Reply::status(200, &[]),
        })
        .await;
        let url = server.url.clone();

        // The client's budget: a request, and one that was built elsewhere.
        let builder = Client::builder(QUICK).with_http(crate::plain);
        let client = builder.with_budget($make).build().expect("a client");
        let call = tokio::spawn(client.get(&url).send());
        assert_eq!(call.await.expect("no panic").expect("sent").status(), 200);
        let request = reqwest::Request::new(reqwest::Method::GET, url.parse().expect("a URL"));
        let call = tokio::spawn(async move { client.execute(request).await });
        assert_eq!(call.await.expect("no panic").expect("sent").status(), 200);

        // The request's own budget.
        let builder = Client::builder(QUICK).with_http(crate::plain);
        let client = builder.build().expect("a client");
        let call = tokio::spawn(client.get(&url).with_budget($make).send_reported());
        let (outcome, report) = call.await.expect("no panic");
        assert_eq!(outcome.expect("sent").status(), 200);
        assert_eq!(report.attempts(), 2);

        // The middleware's.
        let http = crate::plain(reqwest::Client::builder().retry(backoff_reqwest::no_retries()));
        let client = ClientBuilder::new(http.build().expect("a client"))
            .with(RetryMiddleware::new(QUICK).with_budget($make))
            .build();
        let call = tokio::spawn(client.get(&url).send());
        assert_eq!(call.await.expect("no panic").expect("sent").status(), 200);
        server.count()
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_spawned_with_a_budget_that_is_owned_borrowed_or_shared() {
    assert_eq!(spawn_with!(TokenBudget::aws_2_1()), 8, "owned");
    assert_eq!(spawn_with!(&TOKENS), 8, "borrowed");
    assert_eq!(spawn_with!(&SHARE), 8, "borrowed, held while in flight");
    let shared = Arc::new(TokenBudget::aws_2_1());
    assert_eq!(spawn_with!(shared.clone()), 8, "shared");
    assert_eq!(spawn_with!((&TOKENS, &SHARE)), 8, "a pair of borrowed ones");
    assert_eq!((SHARE.calls(), SHARE.retries()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_spawned_with_budgets_of_hosts_that_are_owned_or_borrowed() {
    let make: fn() -> TokenBudget = TokenBudget::aws_2_1;
    assert_eq!(spawn_with!(HostBudgets::<_, 8>::new(make)), 8, "owned");
    assert_eq!(spawn_with!(&HOSTS), 8, "borrowed");
}

/// A library function that leaves the budget to its caller.
fn spawn<B: Budgets + 'static>(
    client: &Client<Constant, B>,
    url: &str,
) -> tokio::task::JoinHandle<u16> {
    let request = client.get(url);
    tokio::spawn(async move {
        request
            .send()
            .await
            .map_or(0, |response| response.status().as_u16())
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_generic_over_budgets_spawns() {
    let server = Server::failing(1, 503).await;
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder.with_budget(&TOKENS).build().expect("a client");
    assert_eq!(spawn(&client, &server.url).await.expect("no panic"), 200);
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder.with_budget(&HOSTS).build().expect("a client");
    assert_eq!(spawn(&client, &server.url).await.expect("no panic"), 200);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn two_clients_share_the_budgets_of_hosts() {
    // A host has two tokens, and a retry costs one.
    static BUDGETS: HostBudgets<TokenBudget> = HostBudgets::new(|| TokenBudget::new(2, 1));
    let server = Server::failing(1_000, 503).await;
    let clients = [(), ()].map(|()| {
        let builder = Client::builder(QUICK).with_http(crate::plain);
        builder.with_budget(&BUDGETS).build().expect("a client")
    });
    let mut attempts = Vec::new();
    for client in &clients {
        let (_, report) = client.get(&server.url).send_reported().await;
        attempts.push(report.attempts());
    }
    assert_eq!(attempts, [3, 1]);
}

#[tokio::test]
async fn a_spawned_call_that_is_aborted_makes_room_for_another_host() {
    static BUDGETS: HostBudgets<TokenBudget, 1> = HostBudgets::new(TokenBudget::aws_2_1);
    let stalls = Server::start(|_| crate::server::Reply::Stall).await;
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder.with_budget(&BUDGETS).build().expect("a client");
    let stalled = tokio::spawn(client.get(&stalls.url).send());
    assert!(crate::server::eventually(|| stalls.count() == 1).await);
    let mut attempts = Vec::new();
    for is_full in [true, false] {
        if !is_full {
            stalled.abort();
            tokio::task::yield_now().await;
        }
        let other = Server::failing(1, 503).await;
        let (_, report) = client.get(&other.url).send_reported().await;
        attempts.push(report.attempts());
    }
    assert_eq!(attempts, [1, 2], "no retry while the table is full");
}
