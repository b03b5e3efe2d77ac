//! The client of `backoff-reqwest`.

use std::time::{Duration, Instant};

use backoff_core::{Constant, DeadlineRule};
use backoff_reqwest::{
    ClassifiedBy, Client, ClientBuilder, Completion, GiveUp, Jitter, Policy, RetryMark, Rules,
    StatusClass, StatusRule, TokenBudget,
};
use bytes::Bytes;
use http_body_util::Full;
use reqwest::Method;

use crate::server::{self, Reply, Server};

/// Five attempts with hardly any wait.
const QUICK: Policy = Policy::exponential(millis(1), millis(5))
    .with_deadline(millis(5_000))
    .with_attempt_timeout(millis(2_000));

static POLICY: Policy = QUICK;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn client(policy: &'static Policy) -> Client {
    of(Client::builder(policy))
}

fn of(builder: ClientBuilder) -> Client {
    let client = builder.with_http(crate::plain).build();
    client.expect("a client")
}

#[tokio::test]
async fn a_post_without_a_key_is_sent_once() {
    for (method, retried) in [
        (Method::POST, false),
        (Method::PATCH, false),
        (Method::PUT, true),
    ] {
        let server = Server::failing(2, 503).await;
        let request = client(&POLICY)
            .request(method.clone(), &server.url)
            .body("order");
        let (outcome, report) = request.send_reported().await;
        let status = outcome.expect("a response").status();
        assert_eq!(status, if retried { 200 } else { 503 }, "{method}");
        assert_eq!(server.count(), if retried { 3 } else { 1 }, "{method}");
        let unrepeatable = matches!(
            report.classification().classified_by(),
            ClassifiedBy::Unrepeatable(_)
        );
        assert_eq!(unrepeatable, !retried, "{method}: {report}");
    }
}

#[tokio::test]
async fn every_attempt_carries_the_same_key_and_its_number() {
    let mut keys = Vec::new();
    for method in [Method::POST, Method::PATCH] {
        let server = Server::failing(2, 503).await;
        let client = of(Client::builder(&POLICY)
            .with_idempotency_keys()
            .with_attempt_numbers());
        let response = client
            .request(method.clone(), &server.url)
            .body("order")
            .send();
        assert_eq!(
            response.await.expect("a response").status(),
            200,
            "{method}"
        );

        let received = server.received();
        let numbers: Vec<_> = received.iter().map(|r| r.header("retry-attempt")).collect();
        assert_eq!(numbers, ["1", "2", "3"], "{method}");
        let key = received[0].header("idempotency-key").to_owned();
        assert!(!key.is_empty(), "{method}");
        for request in &received {
            assert_eq!(request.header("idempotency-key"), key, "{method}");
            assert_eq!(request.body, "order", "{method}");
        }
        keys.push(key);
    }
    assert_ne!(keys[0], keys[1], "a key of its own for each request");
}

#[tokio::test]
async fn a_key_of_the_caller_is_kept() {
    let server = Server::failing(1, 503).await;
    let request = client(&POLICY)
        .post(&server.url)
        .idempotency_key("\"order-7\"");
    assert_eq!(request.send().await.expect("a response").status(), 200);
    for request in server.received() {
        assert_eq!(request.header("idempotency-key"), "\"order-7\"");
    }
}

#[tokio::test]
async fn a_post_that_does_no_harm_is_retried_and_rules_can_be_changed() {
    static RULES: Rules = Rules::DEFAULT.with_statuses(&[
        StatusRule::one(404, StatusClass::Transient),
        StatusRule::one(503, StatusClass::Permanent),
    ]);
    for (status, attempts) in [(404, 3), (503, 1)] {
        let server = Server::failing(2, status).await;
        let client = of(Client::builder(&POLICY).with_rules(&RULES));
        let call = client.post(&server.url).as_idempotent().send();
        assert!(call.await.is_ok(), "{status}");
        assert_eq!(server.count(), attempts, "{status}");
        for request in server.received() {
            assert_eq!(request.header("idempotency-key"), "", "none was asked for");
            assert_eq!(request.header("retry-attempt"), "", "none was asked for");
        }
    }
}

#[tokio::test]
async fn retry_after_is_slept_in_full() {
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[("retry-after", "2")]),
        _ => Reply::status(200, &[]),
    })
    .await;
    let (outcome, report) = client(&POLICY).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 200);
    let received = server.received();
    let waited = received[1].at - received[0].at;
    assert!(waited >= millis(2_000), "{waited:?}");
    assert_eq!(report.last_hint(), Some(millis(2_000)));
}

#[tokio::test]
async fn retry_after_counts_in_the_deadline() {
    static SHORT: Policy = QUICK.with_deadline(millis(1_500));
    let server = Server::start(|_| Reply::status(503, &[("retry-after", "2")])).await;
    let (outcome, report) = client(&SHORT).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 503);
    assert_eq!(server.count(), 1);
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Deadline))
    );
    assert!(report.elapsed() < millis(1_000), "{report}");
}

#[tokio::test]
async fn a_hint_beyond_the_limit_ends_the_call() {
    let server = Server::start(|_| Reply::status(429, &[("retry-after", "3600")])).await;
    let (outcome, report) = client(&POLICY).get(&server.url).send_reported().await;
    let response = outcome.expect("a response");
    assert_eq!((response.status().as_u16(), server.count()), (429, 1));
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::HintTooLong))
    );
    assert_eq!(report.last_hint(), Some(Duration::from_secs(3600)));
    assert!(response.extensions().get::<RetryMark>().is_some(), "marked");
}

#[tokio::test]
async fn a_server_that_stalls_costs_one_timeout() {
    static IMPATIENT: Policy = QUICK.with_attempt_timeout(millis(200));
    let server = Server::start(|n| match n {
        0 => Reply::Stall,
        _ => Reply::status(200, &[]),
    })
    .await;
    let (outcome, report) = client(&IMPATIENT).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 200);
    assert_eq!(report.attempts(), 2);
    let elapsed = report.elapsed();
    assert!((millis(200)..millis(1_000)).contains(&elapsed), "{report}");
}

#[tokio::test]
async fn a_policy_without_a_timeout_gets_one() {
    static ENDLESS: Policy = Policy::DEFAULT.retry_forever();
    let timeout = client(&ENDLESS).policy().timeout_per_attempt();
    assert_eq!(timeout, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_connection_that_is_reset_before_the_request_is_retried_for_post() {
    // Client and server share a thread, so that the reset is there before the request is written.
    let server = Server::failing(0, 503).await;
    let resets = server::resetting(2, &server).await;
    let (outcome, report) = client(&POLICY)
        .post(&resets)
        .body("order")
        .send_reported()
        .await;
    assert_eq!(outcome.expect("a response").status(), 200, "{report}");
    assert_eq!(server.count(), 1);
    assert_eq!(report.attempts(), 3, "{report}");
}

#[tokio::test]
async fn a_connection_that_is_closed_after_the_request_is_not_retried_for_post() {
    for (method, expected) in [(Method::POST, 1), (Method::GET, 5)] {
        let server = Server::start(|_| Reply::Close).await;
        let request = client(&POLICY).request(method.clone(), &server.url);
        let (outcome, report) = request.send_reported().await;
        let error = outcome.expect_err("no response");
        assert_eq!(server.count(), expected, "{method}: {error}, {report}");
        assert_eq!(RetryMark::find(&error).is_some(), expected > 1, "{method}");
    }
}

#[tokio::test]
async fn the_deadline_cuts_off_the_attempt_in_flight_and_the_last_response_stays() {
    static SHORT: Policy = QUICK.with_deadline(millis(300));
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[("x-kept", "yes")]),
        _ => Reply::Stall,
    })
    .await;
    let began = Instant::now();
    let (outcome, report) = client(&SHORT).get(&server.url).send_reported().await;
    let took = began.elapsed();
    assert!((millis(300)..millis(900)).contains(&took), "{took:?}");
    assert_eq!((server.count(), report.attempts()), (2, 2));
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    let response = outcome.expect("the response of the first attempt");
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["x-kept"], "yes");
    assert_eq!(response.url().as_str(), server.url);
    assert_eq!(response.text().await.expect("a body"), "503");
}

#[tokio::test]
async fn a_deadline_in_the_first_attempt_is_a_timeout() {
    static SHORT: Policy = QUICK.with_deadline(millis(200));
    let server = Server::start(|_| Reply::Stall).await;
    let (outcome, report) = client(&SHORT).get(&server.url).send_reported().await;
    assert!(outcome.expect_err("no response").is_timeout());
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn the_last_attempt_at_the_deadline_has_its_time_where_the_policy_says_so() {
    static CLAMPED: Policy = QUICK
        .with_deadline(millis(300))
        .with_deadline_rule(DeadlineRule::ClampToRemaining);
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[("retry-after", "2")]),
        _ => Reply::status(200, &[]),
    })
    .await;
    let (outcome, report) = client(&CLAMPED).get(&server.url).send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 200, "{report}");
    assert_eq!((server.count(), report.attempts()), (2, 2));
    assert!(report.elapsed() >= millis(300), "{report}");
}

#[tokio::test]
async fn a_stream_is_sent_once_and_the_report_says_so() {
    let server = Server::failing(2, 503).await;
    let stream = reqwest::Body::wrap(Full::new(Bytes::from("stream")));
    let request = client(&POLICY).put(&server.url).body(stream);
    let (outcome, report) = request.send_reported().await;
    assert_eq!(outcome.expect("a response").status(), 503);
    assert_eq!(server.count(), 1);
    assert_eq!(server.received()[0].body, "stream");
    assert_eq!(
        report.classification().classified_by(),
        ClassifiedBy::SpentBody
    );
    assert!(
        report.to_string().contains("can be sent only once"),
        "{report}"
    );
}

#[tokio::test]
async fn failed_responses_give_their_connection_back() {
    static SLOWER: Policy<Constant> = Policy::constant(millis(30)).with_jitter(Jitter::None);
    let server = Server::failing(3, 503).await;
    let client = Client::builder(&SLOWER).with_http(crate::plain).build();
    let response = client.expect("a client").get(&server.url).send().await;
    assert_eq!(response.expect("a response").status(), 200);
    assert_eq!((server.count(), server.connections()), (4, 1));
}

#[tokio::test]
async fn a_response_that_breaks_off_is_retried_where_it_is_part_of_the_attempt() {
    for whole in [true, false] {
        let url = server::by_hand(|n, stream| async move {
            let answers: [&[u8]; 2] = [
                b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nha",
                b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole",
            ];
            server::answer_raw(stream, answers[n.min(1)]).await;
        })
        .await;
        let mut request = client(&POLICY).get(&url);
        if whole {
            request = request.whole_response();
        }
        let (outcome, report) = request.send_reported().await;
        let text = outcome.expect("a response").text().await;
        assert_eq!(text.is_ok(), whole, "{report}: {text:?}");
        assert_eq!(report.attempts(), if whole { 2 } else { 1 });
    }
}

#[tokio::test]
async fn calls_share_a_budget() {
    static BUDGET: TokenBudget = TokenBudget::new(15, 5);
    let server = Server::failing(usize::MAX, 503).await;
    let builder = Client::builder(&POLICY).with_budget(&BUDGET);
    let client = builder.with_http(crate::plain).build();
    let client = client.expect("a client");
    let mut endings = Vec::new();
    for _ in 0..2 {
        let (_, report) = client.clone().get(&server.url).send_reported().await;
        endings.push((report.attempts(), report.completion()));
    }
    let refused = Some(Completion::GaveUp(GiveUp::Budget));
    assert_eq!(endings, [(4, refused), (1, refused)]);
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn a_call_can_be_spawned_and_dropped() {
    let server = Server::failing(1, 503).await;
    let call = client(&POLICY).get(&server.url).send();
    let response = tokio::spawn(call).await.expect("no panic");
    assert_eq!(response.expect("a response").status(), 200);

    let server = Server::start(|_| Reply::Stall).await;
    let call = tokio::spawn(client(&POLICY).get(&server.url).send());
    assert!(server::eventually(|| server.count() == 1).await);
    call.abort();
    assert!(call.await.expect_err("cancelled").is_cancelled());
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_not_sent() {
    let (outcome, report) = client(&POLICY).get("http://[").send_reported().await;
    assert!(outcome.expect_err("no request").is_builder());
    assert_eq!((report.attempts(), report.completion()), (0, None));
}
