//! Responses that are judged by their bodies, which the caller gets all the same.

use std::time::Duration;

use backoff_core::{Constant, Jitter};
use backoff_reqwest::{Client, Policy, RetryMiddleware, Rules};
use reqwest::Method;
use reqwest_middleware::ClientBuilder;

use crate::server::{Reply, Server};

/// 10 ms between three attempts.
const QUICK: Policy<Constant> = Policy::constant(Duration::from_millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

struct Case {
    rules: &'static Rules<'static>,
    status: u16,
    body: &'static str,
    attempts: usize,
    /// The shortest wait before the second attempt, in milliseconds.
    wait: u128,
}

static CASES: [Case; 6] = [
    Case {
        rules: &Rules::OPENAI,
        status: 429,
        body: r#"{"error": {"code": "insufficient_quota"}}"#,
        attempts: 1,
        wait: 0,
    },
    Case {
        rules: &Rules::OPENAI,
        status: 429,
        body: r#"{"error": {"code": "rate_limit_exceeded"}}"#,
        attempts: 3,
        wait: 10,
    },
    Case {
        rules: &Rules::GOOGLE,
        status: 429,
        body: r#"{"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.4s"}]}}"#,
        attempts: 3,
        wait: 400,
    },
    Case {
        rules: &Rules::GOOGLE,
        status: 403,
        body: r#"{"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}"#,
        attempts: 3,
        wait: 10,
    },
    Case {
        rules: &Rules::GOOGLE,
        status: 403,
        body: r#"{"error": {"errors": [{"reason": "forbidden"}]}}"#,
        attempts: 1,
        wait: 0,
    },
    // Without rules for bodies, a body says nothing.
    Case {
        rules: &Rules::DEFAULT,
        status: 429,
        body: r#"{"error": {"code": "insufficient_quota"}}"#,
        attempts: 3,
        wait: 10,
    },
];

async fn send(rules: &'static Rules<'static>, url: &str, in_middleware: bool) -> reqwest::Response {
    if in_middleware {
        let http = crate::plain(reqwest::Client::builder()).build();
        let middleware = RetryMiddleware::new(QUICK).with_rules(rules);
        let client = ClientBuilder::new(http.expect("a client"))
            .with(middleware)
            .build();
        return client.get(url).send().await.expect("a response");
    }
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder.with_rules(rules).build().expect("a client");
    client.get(url).send().await.expect("a response")
}

#[tokio::test]
async fn what_a_body_says_decides_and_the_caller_gets_it_unharmed() {
    for case in &CASES {
        for in_middleware in [false, true] {
            let server = Server::start(|_| Reply::body(case.status, &[], case.body)).await;
            let response = send(case.rules, &server.url, in_middleware).await;
            assert_eq!(response.status(), case.status, "{}", case.body);
            assert_eq!(response.text().await.expect("the body"), case.body);
            let received = server.received();
            assert_eq!(received.len(), case.attempts, "{}", case.body);
            if let [first, second, ..] = &received[..] {
                let waited = (second.at - first.at).as_millis();
                assert!(waited >= case.wait, "{}: {waited} ms", case.body);
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_longer_than_rules_look_at_is_handed_on_whole() {
    let mut body = br#"{"error": {"code": "insufficient_quota", "message": ""#.to_vec();
    body.resize(300_000, b'x');
    body.extend_from_slice(br#""}}"#);
    let sent = body.clone();
    let server = Server::start(move |_| Reply::body(429, &[], sent.clone())).await;
    let response = send(&Rules::OPENAI, &server.url, false).await;
    assert_eq!(server.count(), 1);
    assert!(response.bytes().await.expect("the body") == body);
}

#[tokio::test]
async fn a_whole_response_is_judged_too() {
    let body = r#"{"error": {"code": "insufficient_quota"}}"#;
    let server = Server::start(move |_| Reply::body(429, &[], body)).await;
    let builder = Client::builder(QUICK)
        .with_http(crate::plain)
        .with_rules(&Rules::OPENAI);
    let client = builder.build().expect("a client");
    let request = client.request(Method::GET, &server.url).whole_response();
    let (outcome, report) = request.send_reported().await;
    let text = outcome.expect("a response").text().await;
    assert_eq!(
        (text.expect("the body").as_str(), server.count()),
        (body, 1)
    );
    assert_eq!(
        report.classification().to_string(),
        "permanent: body error.code"
    );
}
