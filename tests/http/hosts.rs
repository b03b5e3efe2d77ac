//! What depends on the host of a request: policies, budgets, and delays that calls share.

use std::error::Error as _;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backoff_core::{Constant, DeadlineRule, Jitter};
use backoff_reqwest::{
    Client, Completion, GiveUp, HeldBack, HostBudgets, Policy, RetryMiddleware, SharedHints,
    TokenBudget, no_retries, redirects,
};
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Error, Next};

use crate::server::{Reply, Server};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// 10 ms between two attempts.
const QUICK: Policy<Constant> = Policy::constant(millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(2);

/// A server that asks its first client to wait, and has time for all others.
async fn asking(seconds: &'static str) -> Server {
    Server::start(move |n| match n {
        0 => Reply::status(429, &[("retry-after", seconds)]),
        _ => Reply::status(200, &[]),
    })
    .await
}

fn sharing(policy: Policy<Constant>, hints: &Arc<SharedHints>) -> Client<Constant> {
    let builder = Client::builder(policy).with_http(crate::plain);
    let client = builder.with_shared_hints(hints.clone()).build();
    client.expect("a client")
}

#[tokio::test]
async fn a_host_that_asks_one_call_to_wait_holds_all_others_back_where_hints_are_shared() {
    for is_shared in [true, false] {
        let server = asking("1").await;
        let hints = Arc::default();
        let client = if is_shared {
            sharing(QUICK, &hints)
        } else {
            let client = Client::builder(QUICK).with_http(crate::plain).build();
            client.expect("a client")
        };
        let told = tokio::spawn(client.get(&server.url).send());
        tokio::time::sleep(millis(300)).await;
        let began = Instant::now();
        let response = client.get(&server.url).send().await.expect("a response");
        assert_eq!(response.status(), 200);
        let waited = began.elapsed();
        let expected = if is_shared {
            millis(600)..millis(1_100)
        } else {
            millis(0)..millis(300)
        };
        assert!(
            expected.contains(&waited),
            "shared: {is_shared}: {waited:?}"
        );
        assert_eq!(
            told.await.expect("no panic").expect("a response").status(),
            200
        );
        assert_eq!(server.count(), 3);
    }
}

#[tokio::test]
async fn another_host_is_not_held_back_and_another_client_is_if_it_shares_the_hints() {
    let (busy, idle) = (asking("1").await, Server::failing(0, 503).await);
    let hints = Arc::default();
    let hasty = sharing(QUICK.with_max_attempts(1), &hints);
    assert_eq!(
        hasty.get(&busy.url).send().await.expect("told").status(),
        429
    );
    let began = Instant::now();
    assert!(hasty.get(&idle.url).send().await.is_ok());
    assert!(began.elapsed() < millis(500), "{:?}", began.elapsed());

    let http = crate::plain(reqwest::Client::builder()).build();
    let middleware = RetryMiddleware::new(QUICK).with_shared_hints(hints);
    let other = ClientBuilder::new(http.expect("a client"))
        .with(middleware)
        .build();
    assert!(other.get(&busy.url).send().await.is_ok());
    assert!(began.elapsed() >= millis(800), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_call_whose_policy_allows_no_such_wait_is_not_sent_and_says_so() {
    let too_long = QUICK.with_max_hint(millis(2_000));
    let too_late = QUICK.with_deadline(millis(2_000));
    for (policy, reason) in [
        (too_long, GiveUp::HintTooLong),
        (too_late, GiveUp::Deadline),
    ] {
        let server = asking("60").await;
        let client = sharing(policy, &Arc::default());
        let response = client.get(&server.url).send().await.expect("a response");
        assert_eq!((response.status().as_u16(), server.count()), (429, 1));

        let began = Instant::now();
        let (outcome, report) = client.get(&server.url).send_reported().await;
        let error = outcome.expect_err("held back");
        assert_eq!(server.count(), 1, "{error}: nothing was sent");
        assert!(began.elapsed() < millis(500));
        assert!(
            error
                .to_string()
                .starts_with("not sent: the host asks all calls to wait "),
            "{error}"
        );
        let mut cause = error.as_reqwest().source();
        while let Some(error) = cause.filter(|error| !error.is::<HeldBack>()) {
            cause = error.source();
        }
        let left = cause
            .and_then(|error| error.downcast_ref::<HeldBack>())
            .map(|held| held.left());
        assert!(left.is_some_and(|left| left > millis(50_000)), "{left:?}");
        assert_eq!(
            report.completion(),
            Some(Completion::GaveUp(reason)),
            "{report}"
        );
    }
}

#[tokio::test]
async fn a_policy_that_starts_its_last_attempt_at_the_deadline_does_so_when_it_is_held_back() {
    let server = asking("60").await;
    let policy = QUICK.with_deadline(millis(300));
    let policy = policy
        .with_deadline_rule(DeadlineRule::ClampToRemaining)
        .with_max_attempts(1);
    let client = sharing(policy, &Arc::default());
    assert_eq!(
        client.get(&server.url).send().await.expect("told").status(),
        429
    );
    let began = Instant::now();
    assert_eq!(
        client.get(&server.url).send().await.expect("sent").status(),
        200
    );
    assert!(
        (millis(300)..millis(900)).contains(&began.elapsed()),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn an_attempt_that_was_held_back_has_all_of_its_time() {
    let server = Server::start(|n| match n {
        0 => Reply::status(429, &[("retry-after", "1")]),
        1 => Reply::Stall,
        _ => Reply::status(200, &[]),
    })
    .await;
    let client = sharing(QUICK.with_attempt_timeout(millis(500)), &Arc::default());
    let hasty = client
        .get(&server.url)
        .with_policy(QUICK.with_max_attempts(1));
    assert_eq!(hasty.send().await.expect("told").status(), 429);
    let (outcome, report) = client.get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 200, "{report}");
    assert_eq!((server.count(), report.attempts()), (3, 2), "{report}");
    assert!(report.elapsed() >= millis(1_500), "{report}");
}

#[tokio::test]
async fn the_trouble_of_one_host_does_not_use_up_the_retries_of_another() {
    let budgets: HostBudgets<TokenBudget> = HostBudgets::new(|| TokenBudget::new(5, 5));
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder.with_budget(budgets).build().expect("a client");
    let (one, other) = (
        Server::failing(usize::MAX, 503).await,
        Server::failing(usize::MAX, 503).await,
    );
    let mut attempts = Vec::new();
    for server in [&one, &one, &other, &other] {
        let (_, report) = client.get(&server.url).send_reported().await;
        attempts.push((report.attempts(), report.completion()));
    }
    let (used_up, refused) = (
        Some(Completion::GaveUp(GiveUp::Attempts)),
        Some(Completion::GaveUp(GiveUp::Budget)),
    );
    assert_eq!(
        attempts,
        [(2, used_up), (1, refused), (2, used_up), (1, refused)]
    );
}

#[tokio::test]
async fn a_host_may_have_a_policy_of_its_own() {
    let server = Server::failing(usize::MAX, 503).await;
    let authority = server.url.replace("http://", "").replace('/', "");
    let client = Client::builder(QUICK)
        .with_http(crate::plain)
        .with_host_policy("localhost", QUICK.with_max_attempts(3))
        .with_host_policy(&authority, QUICK.with_max_attempts(4))
        .build()
        .expect("a client");
    let (_, report) = client.get(&server.url).send_reported().await;
    assert_eq!(report.attempts(), 4);
    let other = Server::failing(usize::MAX, 503).await;
    let (_, report) = client.get(&other.url).send_reported().await;
    assert_eq!(report.attempts(), 2);
    let by_name = other.url.replace("127.0.0.1", "localhost");
    let (_, report) = client.get(&by_name).send_reported().await;
    assert_eq!(report.attempts(), 3);
    let request = client
        .get(&server.url)
        .with_policy(QUICK.with_max_attempts(1));
    let (_, report) = request.send_reported().await;
    assert_eq!(report.attempts(), 1, "a request comes before its host");
}

/// A middleware that holds calls back as their hosts ask.
fn sharing_middleware(hints: &Arc<SharedHints>) -> ClientBuilder {
    let http = crate::plain(reqwest::Client::builder()).retry(no_retries());
    let http = http.redirect(redirects(10)).build().expect("a client");
    let once = QUICK.with_max_attempts(1);
    ClientBuilder::new(http).with(RetryMiddleware::new(once).with_shared_hints(hints.clone()))
}

#[tokio::test]
async fn the_host_that_asks_after_a_redirect_is_waited_for_and_not_the_first_one() {
    for (in_middleware, numbered) in [(true, false), (false, false), (false, true)] {
        let busy = asking("1").await;
        let location = busy.url.clone();
        let first = Server::start(move |n| match n {
            0 => Reply::status(307, &[("location", &location)]),
            _ => Reply::status(200, &[]),
        })
        .await;
        let hints = Arc::default();
        let middleware = sharing_middleware(&hints).build();
        let builder = Client::builder(QUICK.with_max_attempts(1)).with_http(crate::plain);
        let builder = builder.with_shared_hints(hints);
        let client = if numbered {
            builder.with_attempt_numbers()
        } else {
            builder
        };
        let client = client.build().expect("a client");
        let mut calls = Vec::new();
        for url in [&first.url, &first.url, &busy.url] {
            let began = Instant::now();
            let status = if in_middleware {
                middleware.get(url).send().await.expect("told").status()
            } else {
                client.get(url).send().await.expect("told").status()
            };
            calls.push((status.as_u16(), began.elapsed() > millis(500)));
        }
        assert_eq!(
            calls,
            [(429, false), (200, false), (200, true)],
            "{in_middleware} {numbered}"
        );
    }
}

#[tokio::test]
async fn a_hint_that_inner_middleware_makes_is_of_the_host_of_the_request() {
    type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>>;
    fn limited<'a>(_: Request, _: &'a mut Extensions, _: Next<'a>) -> Answer<'a> {
        let response = http::Response::builder().status(429);
        let response = response.header("retry-after", "1").body("");
        Box::pin(async { Ok(response.expect("a legal response").into()) })
    }
    let server = Server::failing(0, 503).await;
    let hints = Arc::default();
    let limited = sharing_middleware(&hints).with(limited).build();
    let response = limited.get(&server.url).send().await;
    assert_eq!(response.expect("told").status(), 429);
    let began = Instant::now();
    let response = sharing(QUICK, &hints).get(&server.url).send().await;
    assert_eq!(response.expect("a response").status(), 200);
    assert!(began.elapsed() > millis(500), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_call_that_is_held_back_past_its_deadline_sends_nothing() {
    for attempts in [1, 3] {
        let server = asking("1").await;
        let hints = Arc::default();
        let client = sharing(QUICK.with_deadline(millis(1_500)), &hints);
        let hasty = sharing(QUICK.with_max_attempts(1), &hints);
        let response = hasty.get(&server.url).send().await;
        assert_eq!(response.expect("told").status(), 429);
        let policy = QUICK.with_max_attempts(attempts);
        let call = client
            .get(&server.url)
            .with_policy(policy.with_deadline(millis(1_500)));
        let call = tokio::spawn(call.send_reported());
        // The client, its timer and the server share this thread, which stops during the wait.
        tokio::time::sleep(millis(100)).await;
        std::thread::sleep(millis(1_900));
        let (outcome, report) = call.await.expect("no panic");
        assert!(outcome.expect_err("late").is_timeout(), "{report}");
        assert_eq!(server.count(), 1, "{report}");
        assert_eq!(report.completion(), Some(Completion::Interrupted));
    }
}
