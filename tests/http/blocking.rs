//! The client of `backoff-ureq`: what the table that all clients share does not ask.

use std::error::Error;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use backoff_core::{Constant, DeadlineRule, Jitter};
use backoff_ureq::{
    ClassifiedBy, Client, ClientBuilder, Completion, ErrorForStatus, GiveUp, Payload, Policy,
    RetryMark, Rules, TokenBudget,
};
use bytes::Bytes;
use http::Method;
use tokio::io::AsyncWriteExt;

use crate::server::{self, Reply, Server};

/// Five attempts with hardly any wait.
const QUICK: Policy = Policy::exponential(millis(1), millis(5))
    .with_deadline(millis(5_000))
    .with_attempt_timeout(millis(2_000));

static POLICY: Policy = QUICK;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn plain<S, B, O>(builder: ClientBuilder<S, B, O>) -> Client<S, B, O> {
    builder.with_http(|http| http.proxy(None)).build()
}

fn client() -> Client {
    plain(Client::builder(&POLICY))
}

/// Runs blocking code beside the servers of a test.
async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_carries_the_same_key_its_number_and_its_body() {
    for (method, is_keyed) in [
        (Method::POST, true),
        (Method::PATCH, true),
        (Method::PUT, false),
    ] {
        let server = Server::failing(2, 503).await;
        let builder = Client::builder(&POLICY)
            .with_idempotency_keys()
            .with_attempt_numbers();
        let (url, by) = (server.url.clone(), method.clone());
        let status = blocking(move || {
            let request = plain(builder).request(by, url).body("order").send();
            request.expect("a response").status()
        });
        assert_eq!(status.await, 200, "{method}");
        let received = server.received();
        let numbers: Vec<_> = received.iter().map(|r| r.header("retry-attempt")).collect();
        assert_eq!(numbers, ["1", "2", "3"], "{method}");
        let key = received[0].header("idempotency-key").to_owned();
        assert_eq!(key.len(), if is_keyed { 38 } else { 0 }, "{method}");
        for request in &received {
            assert_eq!(request.header("idempotency-key"), key, "{method}");
            assert_eq!(request.body, "order", "{method}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_sent_again_whole() {
    let server = Server::failing(0, 503).await;
    let url = server::resetting(2, &server).await;
    let (status, attempts) = blocking(move || {
        let large = vec![b'7'; 8_000_000]; // more than the buffers of two sockets hold
        let (outcome, report) = client()
            .post(url)
            .body(large)
            .as_idempotent()
            .send_reported();
        (outcome.map(|response| response.status()), report.attempts())
    })
    .await;
    assert_eq!(status.expect("a response"), 200);
    assert_eq!((attempts, server.count()), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_sent_once_and_a_form_and_a_query_are_encoded() {
    let server = Server::failing(1, 503).await;
    let url = server.url.clone();
    let report = blocking(move || {
        let reader = Payload::reader(Cursor::new("stream"));
        client().put(url).body(reader).send_reported().1
    })
    .await;
    let by = report.classification().classified_by();
    assert_eq!((by, report.attempts()), (ClassifiedBy::SpentBody, 1));
    assert_eq!(server.received()[0].body, "stream");

    let url = server.url.clone();
    blocking(move || {
        let form = [("a", "b c"), ("d", "&")];
        let request = client().put(url).query("q", "é&").form(form).send();
        assert_eq!(request.expect("a response").status(), 200);
        let error = client().get("http://[").send().expect_err("no URL");
        assert!(matches!(*error, ureq::Error::Http(_)), "{error}");
        let error = client().get("/relative").send().expect_err("no host");
        assert!(matches!(*error, ureq::Error::BadUri(_)), "{error}");
        assert!(RetryMark::find(&error).is_none());
    })
    .await;
    let received = server.received();
    let form = received.last().expect("a request");
    assert_eq!(form.body, "a=b+c&d=%26");
    let kind = form.header("content-type");
    assert_eq!(kind, "application/x-www-form-urlencoded");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_ends_a_call_and_the_last_real_outcome_stays() {
    static SHORT: Policy<Constant> = Policy::constant(millis(50))
        .with_jitter(Jitter::None)
        .with_attempt_timeout(millis(2_000))
        .with_deadline(millis(600));
    let server = Server::start(|n| match n {
        0 => Reply::status(503, &[("x-cause", "restart")]),
        _ => Reply::Stall,
    })
    .await;
    let url = server.url.clone();
    let (cause, body, report, took) = blocking(move || {
        let began = Instant::now();
        let (outcome, report) = plain(Client::builder(&SHORT)).get(url).send_reported();
        let mut response = outcome.expect("the response before");
        let cause = response.headers()["x-cause"].clone();
        let body = response.body_mut().read_to_string().expect("kept");
        assert!(response.extensions().get::<RetryMark>().is_some(), "marked");
        (cause, body, report, began.elapsed())
    })
    .await;
    assert_eq!((cause.as_bytes(), body.as_str()), (&b"restart"[..], "503"));
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    assert!((millis(600)..millis(1_500)).contains(&took), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_clamps_gives_the_last_attempt_its_own_time() {
    static CLAMPED: Policy<Constant> = Policy::constant(millis(400))
        .with_jitter(Jitter::None)
        .with_attempt_timeout(millis(1_000))
        .with_deadline_rule(DeadlineRule::ClampToRemaining)
        .with_deadline(millis(300));
    let server = Server::failing(1, 503).await;
    let url = server.url.clone();
    let call = move || plain(Client::builder(&CLAMPED)).get(url).send();
    let response = blocking(call).await.expect("a response");
    assert_eq!((response.status().as_u16(), server.count()), (200, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_a_time_of_its_own_and_a_server_that_is_silent_costs_one() {
    static IMPATIENT: Policy = QUICK.with_attempt_timeout(millis(200));
    let stalls = || {
        Server::start(|n| {
            if n == 0 {
                Reply::Stall
            } else {
                Reply::status(200, &[])
            }
        })
    };
    let cases = [(None, millis(200)), (Some(millis(700)), millis(700))];
    for (own, expected) in cases {
        let server = stalls().await;
        let url = server.url.clone();
        let took = blocking(move || {
            let client = plain(Client::builder(&IMPATIENT));
            let mut request = client.get(url);
            if let Some(own) = own {
                request = request.timeout(own);
            }
            let began = Instant::now();
            assert_eq!(request.send().expect("a response").status(), 200);
            began.elapsed()
        })
        .await;
        assert!(
            (expected..expected + millis(450)).contains(&took),
            "{took:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_whose_body_breaks_off_keeps_its_status_and_its_hint() {
    let broken = |status: &str, header: &str| {
        format!("HTTP/1.1 {status}\r\n{header}content-length: 9\r\nconnection: close\r\n\r\n123")
    };
    let cases = [
        ("429 Too Many Requests", "retry-after: 1\r\n", 2, 1_000, 200),
        ("400 Bad Request", "", 1, 0, 400),
        ("200 OK", "", 2, 0, 200),
    ];
    for (status, header, attempts, waited, end) in cases {
        let answer = broken(status, header);
        let url = server::by_hand(move |number, stream| {
            let answer = match number {
                0 => answer.clone(),
                _ => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(),
            };
            async move { server::answer_raw(stream, answer.as_bytes()).await }
        })
        .await;
        let (outcome, report) = blocking(move || {
            let request = client().get(url).whole_response(1_000);
            request.send_reported()
        })
        .await;
        assert_eq!(outcome.expect("a response").status(), end, "{status}");
        assert_eq!(report.attempts(), attempts, "{status}: {report}");
        assert!(report.slept() >= millis(waited), "{status}: {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_too_long_is_a_typed_error_and_not_retried() {
    for (limit, is_whole) in [(3, true), (2, false)] {
        let server = Server::failing(0, 503).await;
        let url = server.url.clone();
        let outcome = blocking(move || client().get(url).whole_response(limit).send());
        match outcome.await {
            Ok(mut response) => {
                assert!(is_whole);
                assert_eq!(response.body_mut().read_to_string().expect("kept"), "200");
            }
            Err(error) => {
                assert!(!is_whole);
                assert!(
                    matches!(*error, ureq::Error::BodyExceedsLimit(2)),
                    "{error}"
                );
            }
        }
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_rules_read_is_handed_on_unharmed() {
    // Longer than the 64 KiB that the rules read, and with the code at the beginning.
    let body = format!(
        r#"{{"error": {{"code": "insufficient_quota"}}, "pad": "{}"}}"#,
        "7".repeat(200_000)
    );
    let sent = body.clone();
    let server = Server::start(move |_| {
        let response = http::Response::builder().status(429);
        let body = Bytes::from(sent.clone());
        Reply::Answer(response.body(body.into()).expect("a legal response"))
    })
    .await;
    let url = server.url.clone();
    let read = blocking(move || {
        let client = plain(Client::builder(&POLICY).with_rules(&Rules::OPENAI));
        let mut response = client.post(url).body("ask").send().expect("a response");
        response.body_mut().read_to_string().expect("whole")
    })
    .await;
    assert!(read == body, "{} bytes of {}", read.len(), body.len());
    assert_eq!(server.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn clones_share_pool_and_budget_and_every_observer_is_told() {
    let server = Server::failing(usize::MAX, 503).await;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (lines.clone(), lines.clone());
    let budget = Arc::new(TokenBudget::new(10, 5));
    let client = plain(
        Client::builder(&POLICY)
            .with_budget(budget.clone())
            .on_event(move |event| {
                first
                    .lock()
                    .expect("no panic")
                    .push(event.line().to_string());
            })
            .on_event(move |event| {
                second
                    .lock()
                    .expect("no panic")
                    .push(event.line().to_string());
            }),
    );
    let url = server.url.clone();
    blocking(move || {
        let calls: Vec<_> = (0..2)
            .map(|_| {
                let (client, url) = (client.clone(), format!("{url}users?token=7"));
                thread::spawn(move || client.get(url).send().expect("a response").status())
            })
            .collect();
        for call in calls {
            assert_eq!(call.join().expect("no panic"), 503);
        }
    })
    .await;
    assert_eq!((server.count(), budget.tokens()), (4, 0));
    assert!(server.connections() <= 2, "{}", server.connections());
    let lines = lines.lock().expect("no panic");
    // Two retries and two ends, for two observers.
    assert_eq!(lines.len(), 8, "{lines:?}");
    for line in lines.iter() {
        assert!(
            line.contains("GET 127.0.0.1:") && line.contains("/users"),
            "{line}"
        );
        assert!(!line.contains("token"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_gets_no_key_and_an_outer_layer_does_not_retry() {
    let other = Server::failing(usize::MAX, 429).await;
    // Another name for this machine, and so another host.
    let target = other.url.replace("127.0.0.1", "localhost");
    let server = Server::start(move |_| Reply::status(307, &[("location", &target)])).await;
    let url = server.url.clone();
    let (mark, report) = blocking(move || {
        let builder = Client::builder(&POLICY).with_attempt_numbers();
        let request = plain(builder).post(url).body("order");
        let request = request.header("authorization", "Basic 1234");
        let (outcome, report) = request.send_reported();
        let response = outcome.expect("a response");
        (response.extensions().get::<RetryMark>().copied(), report)
    })
    .await;
    // The 429 is not that of the server which processed the order, and a layer around must not believe it.
    assert_eq!((server.count(), other.count()), (1, 1), "{report}");
    assert_eq!(mark, Some(RetryMark::after(1)));
    let received = other.received();
    for name in ["authorization", "retry-attempt"] {
        assert_eq!(received[0].header(name), "", "{name}");
        assert_ne!(server.received()[0].header(name), "", "{name}");
    }
    assert_eq!(received[0].body, "order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_becomes_an_error_on_demand_and_a_hint_that_is_too_long_ends_the_call() {
    let server = Server::start(|_| Reply::status(429, &[("retry-after", "3600")])).await;
    let url = server.url.clone();
    let report = blocking(move || {
        let (outcome, report) = client().get(url).send_reported();
        let error = outcome.expect("a response").error_for_status();
        let error = error.expect_err("an error");
        assert!(matches!(error, ureq::Error::StatusCode(429)), "{error}");
        report
    })
    .await;
    let end = Some(Completion::GaveUp(GiveUp::HintTooLong));
    assert_eq!((report.completion(), server.count()), (end, 1));
    assert_eq!(report.last_hint(), Some(Duration::from_secs(3_600)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_is_passed_on_keeps_its_mark_and_its_cause() {
    let server = Server::start(|_| Reply::Close).await;
    let url = server.url.clone();
    let error = blocking(move || client().get(url).send().expect_err("no response")).await;
    assert_eq!(RetryMark::find(&error), Some(RetryMark::after(5)));
    let boxed: Box<dyn Error + Send + Sync> = error.into();
    assert_eq!(RetryMark::find(&*boxed), Some(RetryMark::after(5)));
    assert!(boxed.to_string().contains("Peer disconnected"), "{boxed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_costs_no_more_than_its_attempt() {
    static IMPATIENT: Policy = QUICK.with_attempt_timeout(millis(300)).with_max_attempts(2);
    for status in ["503 Service Unavailable", "307 Temporary Redirect"] {
        let head = format!("HTTP/1.1 {status}\r\nlocation: /\r\ncontent-length: 100000\r\n\r\n");
        let url = server::by_hand(move |_, mut stream| {
            let head = head.clone();
            async move {
                tokio::spawn(async move {
                    let mut written = stream.write_all(head.as_bytes()).await;
                    while written.is_ok() {
                        tokio::time::sleep(millis(20)).await;
                        written = stream.write_all(b"7").await;
                    }
                });
            }
        })
        .await;
        for streamed in [false, true] {
            let url = url.clone();
            let took = blocking(move || {
                let client = plain(Client::builder(&IMPATIENT));
                let request = client.get(url);
                let request = if streamed {
                    request.streamed()
                } else {
                    request
                };
                let began = Instant::now();
                drop(request.send());
                began.elapsed()
            })
            .await;
            assert!(took < millis(2_500), "{status} {streamed}: {took:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_of_any_length_are_accepted() {
    static ENDLESS: Policy = Policy::DEFAULT
        .with_attempt_timeout(Duration::MAX)
        .without_deadline();
    let server = Server::failing(0, 503).await;
    for (own, is_sent) in [
        (None, true),
        (Some(Duration::MAX), true),
        (Some(Duration::ZERO), false),
    ] {
        let url = server.url.clone();
        let outcome = blocking(move || {
            let client = plain(Client::builder(ENDLESS.with_max_attempts(2)));
            let request = client.get(url);
            match own {
                Some(own) => request.timeout(own).send(),
                None => request.streamed().send(),
            }
        });
        match outcome.await {
            Ok(response) => assert!(is_sent && response.status() == 200, "{own:?}"),
            Err(error) => assert!(
                !is_sent && matches!(*error, ureq::Error::Timeout(_)),
                "{error}"
            ),
        }
    }
}
