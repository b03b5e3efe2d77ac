//! What one request may change of its client's settings, and the limits of the bodies of responses.

use std::time::{Duration, Instant};

use backoff_core::{Constant, Jitter};
use backoff_reqwest::{
    BodyTooLong, ClassifiedBy, Client, Completion, GiveUp, Policy, Rules, StatusClass, StatusRule,
    TokenBudget,
};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::server::{self, Reply, Server};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// 10 ms between two attempts.
const QUICK: Policy<Constant> = Policy::constant(millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(2);

fn client(policy: Policy<Constant>) -> Client<Constant> {
    let client = Client::builder(policy).with_http(crate::plain).build();
    client.expect("a client")
}

/// A server whose answer takes this long, and whose body comes byte by byte, with this much time before each.
async fn slow(answer: Duration, byte: Duration) -> String {
    server::by_hand(move |_, mut stream| async move {
        tokio::spawn(async move {
            let _: usize = stream.read(&mut [0; 4096]).await.unwrap_or(0);
            sleep(answer).await;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\n";
            stream.write_all(head).await.ok();
            for n in 0..8 {
                sleep(byte).await;
                stream.write_all(&[b'0' + n]).await.ok();
            }
        });
    })
    .await
}

#[tokio::test]
async fn once_headers_have_come_the_timeout_of_a_read_governs_a_streamed_body() {
    let url = slow(millis(0), millis(50)).await;
    let client = client(
        QUICK
            .with_attempt_timeout(millis(200))
            .with_deadline(millis(300)),
    );
    let began = Instant::now();
    let response = client.get(&url).send().await.expect("a response");
    assert_eq!(response.text().await.expect("all of it"), "01234567");
    assert!(began.elapsed() >= millis(400), "longer than both limits");
}

#[tokio::test]
async fn a_server_that_falls_silent_within_a_body_is_given_up() {
    let url = slow(millis(0), millis(600)).await;
    let builder = Client::builder(QUICK).with_http(crate::plain);
    let client = builder
        .with_http(|http| http.read_timeout(millis(150)))
        .build();
    let began = Instant::now();
    let response = client.expect("a client").get(&url).send().await;
    let error = response.expect("headers").text().await.expect_err("silent");
    assert!(error.is_timeout(), "{error:?}");
    assert!(began.elapsed() < millis(500), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_body_that_is_a_part_of_the_attempt_is_within_its_timeout() {
    let url = slow(millis(0), millis(50)).await;
    let client = client(QUICK.with_attempt_timeout(millis(200)));
    let (outcome, report) = client.get(&url).whole_response().send_reported().await;
    assert!(outcome.expect_err("too slow").is_timeout());
    assert_eq!(report.attempts(), 2, "{report}");
    let (outcome, _) = client
        .get(&url)
        .whole_response()
        .timeout(millis(2_000))
        .send_reported()
        .await;
    assert_eq!(
        outcome.expect("a response").text().await.expect("all"),
        "01234567"
    );
}

#[tokio::test]
async fn the_deadline_of_a_download_is_the_callers_choice() {
    let url = slow(millis(0), millis(50)).await;
    let client = client(QUICK);
    for (deadline, is_whole) in [(150, false), (5_000, true)] {
        let began = Instant::now();
        let request = client.get(&url).download_deadline(millis(deadline));
        let response = request.send().await.expect("headers");
        let body = response.text().await;
        assert_eq!(body.is_ok(), is_whole, "{deadline} ms: {body:?}");
        assert!(
            body.is_ok() || began.elapsed() < millis(400),
            "{:?}",
            began.elapsed()
        );
    }
}

#[tokio::test]
async fn a_request_may_have_a_longer_timeout_another_deadline_and_another_policy() {
    let url = slow(millis(300), millis(0)).await;
    let strict = client(QUICK.with_attempt_timeout(millis(100)).with_max_attempts(1));
    let patient = Policy::constant(millis(1)).with_attempt_timeout(millis(2_000));
    let timed = |timeout| {
        let mut request = reqwest::Request::new(Method::GET, url.parse().expect("a URL"));
        *request.timeout_mut() = timeout;
        request
    };
    let outcomes = [
        (strict.get(&url).send().await.is_ok(), false),
        (
            strict.get(&url).timeout(millis(2_000)).send().await.is_ok(),
            true,
        ),
        (
            strict.get(&url).with_policy(patient).send().await.is_ok(),
            true,
        ),
        (
            strict.execute(timed(Some(millis(2_000)))).await.is_ok(),
            true,
        ),
        (strict.execute(timed(None)).await.is_ok(), false),
    ];
    for (case, (found, expected)) in outcomes.into_iter().enumerate() {
        assert_eq!(found, expected, "case {case}");
    }

    let hasty = client(QUICK.with_deadline(millis(100)));
    assert!(hasty.get(&url).send().await.is_err());
    let request = hasty.get(&url).with_deadline(millis(2_000));
    assert!(request.send().await.is_ok());
}

#[tokio::test]
async fn what_a_request_sets_holds_in_any_order_and_for_the_policy_of_a_host() {
    let url = slow(millis(300), millis(0)).await;
    let short = QUICK.with_deadline(millis(100)).with_max_attempts(1);
    let client = Client::builder(short)
        .with_host_policy("127.0.0.1", short)
        .with_http(crate::plain)
        .build()
        .expect("a client");
    let (long, max) = (millis(2_000), Duration::MAX);
    let get = || client.get(&url);
    // The request, and whether it has the 300 ms that it takes.
    let cases = [
        (get(), false),
        (get().with_deadline(long), true),
        (get().with_deadline(long).with_policy(short), true),
        (get().with_policy(short).with_deadline(long), true),
        (get().with_deadline(max).timeout(max), true),
        (get().with_deadline(max).timeout(millis(100)), false),
        (get().timeout(millis(100)).with_deadline(max), false),
        (get().with_deadline(long).download_deadline(max), true),
        (get().download_deadline(long), false),
        (
            get().download_deadline(millis(100)).with_deadline(long),
            false,
        ),
        (
            get().with_deadline(millis(100)).download_deadline(long),
            false,
        ),
        (
            get().with_deadline(max).whole_response_up_to(usize::MAX),
            true,
        ),
    ];
    for (case, (request, expected)) in cases.into_iter().enumerate() {
        let (outcome, report) = request.send_reported().await;
        assert_eq!(outcome.is_ok(), expected, "case {case}: {report}");
    }
}

#[tokio::test]
async fn a_request_may_have_its_own_rules_and_its_own_budget() {
    static EMPTY: TokenBudget = TokenBudget::new(0, 1);
    static RULES: Rules =
        Rules::DEFAULT.with_statuses(&[StatusRule::one(503, StatusClass::Permanent)]);
    let server = Server::failing(usize::MAX, 503).await;
    let client = client(QUICK);
    let (_, report) = client.get(&server.url).send_reported().await;
    assert_eq!(report.attempts(), 2);
    let (_, report) = client
        .get(&server.url)
        .with_rules(&RULES)
        .send_reported()
        .await;
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Permanent))
    );
    let (_, report) = client
        .get(&server.url)
        .with_budget(&EMPTY)
        .send_reported()
        .await;
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Budget))
    );
}

#[tokio::test]
async fn a_body_that_is_longer_than_accepted_is_a_typed_error_and_not_repeated() {
    let server = Server::start(|_| Reply::body(200, &[], vec![7; 100_000])).await;
    let client = client(QUICK);
    for (limit, expected) in [
        (99_999, None),
        (100_000, Some(100_000)),
        (usize::MAX, Some(100_000)),
    ] {
        let before = server.count();
        let request = client.get(&server.url).whole_response_up_to(limit);
        let (outcome, report) = request.send_reported().await;
        assert_eq!(server.count() - before, 1, "{limit}: {report}");
        match (outcome, expected) {
            (Ok(response), Some(length)) => {
                assert_eq!(response.bytes().await.expect("read").len(), length);
            }
            (Err(error), None) => {
                let limit = BodyTooLong::find(&error).map(BodyTooLong::limit);
                assert_eq!(limit, Some(99_999), "{error}");
                assert!(
                    error
                        .to_string()
                        .starts_with("the body of the response is longer than 99999 bytes"),
                    "{error}"
                );
                assert_eq!(
                    report.classification().classified_by(),
                    ClassifiedBy::LongBody
                );
            }
            (outcome, _) => panic!("{limit}: {outcome:?}"),
        }
    }
    // Unless told otherwise, a whole response has at most 4 MiB.
    let server = Server::start(|_| Reply::body(200, &[], vec![7; 4 * 1024 * 1024 + 1])).await;
    let error = client.get(&server.url).whole_response().send().await;
    assert!(BodyTooLong::find(&error.expect_err("too long")).is_some());
}

#[tokio::test]
async fn a_failure_whose_body_breaks_off_keeps_its_status_and_its_hint() {
    // The head of the first response, whose body breaks off; how many attempts, and how long they take at least.
    let cases: [(&str, u32, u64); 4] = [
        ("429 Too Many\r\nretry-after: 1", 2, 1_000),
        ("503 Busy\r\nretry-after: 1", 2, 1_000),
        ("400 Bad", 1, 0),
        ("404 Not Found", 1, 0),
    ];
    for (head, attempts, least) in cases {
        for stalls in [false, true] {
            let url = server::by_hand(move |n, mut stream| async move {
                if n > 0 {
                    let whole =
                        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                    return server::answer_raw(stream, whole).await;
                }
                let answer = format!(
                    "HTTP/1.1 {head}\r\ncontent-length: 9\r\nconnection: close\r\n\r\nbrok"
                );
                let _: usize = stream.read(&mut [0; 4096]).await.unwrap_or(0);
                stream.write_all(answer.as_bytes()).await.ok();
                if stalls {
                    tokio::spawn(async move {
                        sleep(millis(5_000)).await;
                        drop(stream);
                    });
                }
            })
            .await;
            let client = client(QUICK.with_attempt_timeout(millis(200)));
            let (outcome, report) = client.get(&url).whole_response().send_reported().await;
            let status = outcome.expect("a response").status().as_u16();
            let expected = if attempts == 2 { "200" } else { &head[..3] };
            assert_eq!(
                status.to_string(),
                expected,
                "{head}, stalls: {stalls}: {report}"
            );
            assert_eq!(
                report.attempts(),
                attempts,
                "{head}, stalls: {stalls}: {report}"
            );
            assert!(
                report.slept() >= millis(least),
                "{head}, stalls: {stalls}: {report}"
            );
        }
    }
}

#[tokio::test]
async fn a_report_says_that_an_earlier_attempt_may_have_been_processed() {
    // What the first attempt comes back with, and whether it may have been processed.
    let cases = [
        (None, true),
        (Some(503), true),
        (Some(429), false),
        (Some(425), false),
    ];
    for (status, expected) in cases {
        let server = Server::start(move |n| match (n, status) {
            (0, Some(status)) => Reply::status(status, &[]),
            (0, None) => Reply::Close,
            _ => Reply::status(412, &[]),
        })
        .await;
        let request = client(QUICK).put(&server.url).header("if-match", "\"7\"");
        let (outcome, report) = request.send_reported().await;
        assert_eq!(outcome.expect("a response").status(), 412);
        assert_eq!((server.count(), report.attempts()), (2, 2));
        assert_eq!(report.may_be_processed_earlier(), expected, "{report}");
    }
    let server = Server::failing(1, 412).await;
    let (_, report) = client(QUICK).put(&server.url).send_reported().await;
    assert!(
        !report.may_be_processed_earlier(),
        "there was no earlier attempt"
    );
}
