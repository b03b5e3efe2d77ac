//! What observers are told of calls of the client and of its middleware.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_core::{Constant, Jitter};
use backoff_driver::Tracing;
use backoff_reqwest::{Client, Counters, Event, Exchange, GiveUp, Policy, RetryMiddleware};
use reqwest::Method;
use reqwest_middleware::ClientBuilder;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{self, Reply, Server};

/// 10 ms between three attempts.
const QUICK: Policy<Constant> = Policy::constant(Duration::from_millis(10))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

/// Lines that an observer writes, for every clone to read.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
    }

    /// What an observer does that writes an event as a line.
    fn line(&self, event: &Event<'_, Exchange<'_>>) {
        writeln!(self.clone(), "{}", event.line()).expect("in memory");
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Page {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Sends a request by the client or by its middleware, and returns what an observer wrote.
async fn observed(in_middleware: bool, method: Method, url: &str) -> String {
    let page = Page::default();
    let writer = page.clone();
    if in_middleware {
        let http = crate::plain(reqwest::Client::builder()).build();
        let client = ClientBuilder::new(http.expect("a client"))
            .with(RetryMiddleware::new(QUICK).on_event(move |event| writer.line(event)))
            .build();
        let _ = client.request(method, url).send().await;
    } else {
        let client = Client::builder(QUICK)
            .with_http(crate::plain)
            .on_event(move |event| writer.line(event))
            .build();
        let _ = client.expect("a client").request(method, url).send().await;
    }
    page.text()
}

#[tokio::test]
async fn every_event_names_the_request_its_status_and_the_field_that_gave_the_delay() {
    for in_middleware in [false, true] {
        let server = Server::start(|n| match n {
            0 => Reply::status(429, &[("retry-after", "1")]),
            1 => Reply::status(503, &[]),
            _ => Reply::status(200, &[]),
        })
        .await;
        let authority = server.url.replace("http://", "").replace('/', "");
        let url = format!("http://key:secret@{authority}/users?token=7");
        let text = observed(in_middleware, Method::GET, &url).await;
        let lines: Vec<_> = text.lines().collect();
        let start = format!("GET {authority}/users: attempt");
        assert_eq!(lines.len(), 3, "{text}");
        for line in &lines {
            assert!(line.starts_with(&start), "{line}");
            for hidden in ["key", "secret", "token", "7;"] {
                assert!(!line.contains(hidden), "{hidden}: {line}");
            }
        }
        assert!(lines[0].contains("failed (throttled)"), "{text}");
        assert!(
            lines[0].contains("status 429; retrying in 1.000s, as the server asked (retry-after)"),
            "{text}"
        );
        assert!(
            lines[1].ends_with("status 503; retrying in 10.000ms by the schedule"),
            "{text}"
        );
        assert!(lines[2].contains("attempt 3 succeeded"), "{text}");
    }
}

#[tokio::test]
async fn an_end_says_why_and_an_error_names_its_causes_without_the_query() {
    for in_middleware in [false, true] {
        let server = Server::failing(9, 503).await;
        let text = observed(in_middleware, Method::POST, &server.url).await;
        let expected = "status 503 (POST without an Idempotency-Key is not repeated); giving up: the failure is permanent\n";
        assert!(text.ends_with(expected), "{text}");

        let server = Server::start(|_| Reply::Close).await;
        let url = format!("{}users?token=7", server.url);
        let text = observed(in_middleware, Method::GET, &url).await;
        let last = text.lines().last().unwrap_or_default();
        assert!(last.contains("error sending request: "), "{text}");
        assert!(
            last.contains("connection reset, may have been sent"),
            "{text}"
        );
        assert!(
            last.ends_with("giving up: all attempts are used up"),
            "{text}"
        );
        assert!(!text.contains("token"), "{text}");
    }
}

#[tokio::test]
async fn observers_add_up_and_a_request_may_have_its_own() {
    static COUNTERS: Counters = Counters::new();
    let (first, second, own) = (Page::default(), Page::default(), Page::default());
    let (one, two, three) = (first.clone(), second.clone(), own.clone());
    let client = Client::builder(QUICK)
        .with_http(crate::plain)
        .with_observer(&COUNTERS)
        .on_event(move |event| one.line(event))
        .on_event(move |event| two.line(event))
        .build()
        .expect("a client");
    let server = Server::failing(usize::MAX, 503).await;
    let request = client
        .get(&server.url)
        .on_event(move |event| three.line(event));
    assert_eq!(request.send().await.expect("a response").status(), 503);
    assert_eq!(
        (COUNTERS.retries(), COUNTERS.give_ups(GiveUp::Attempts)),
        (2, 1)
    );
    assert_eq!(first.text().lines().count(), 3, "{}", first.text());
    assert_eq!(first.text(), second.text());
    assert_eq!(first.text(), own.text());

    assert!(client.get(&server.url).send().await.is_ok());
    assert_eq!(own.text().lines().count(), 3, "the other call has none");
    assert_eq!(COUNTERS.retries(), 4);
}

#[tokio::test]
async fn tracing_follows_the_conventions_for_http() {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(page.clone())
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .without_time()
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let url = server::by_hand(|n, stream| async move {
        let answer: &[u8] = match n {
            0 => b"HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            _ => b"",
        };
        server::answer_raw(stream, answer).await;
    })
    .await;
    let client = Client::builder(QUICK.with_max_attempts(2))
        .with_http(crate::plain)
        .with_call_observer(|| Tracing::new("shop"))
        .build()
        .expect("a client");
    let outcome = client.get(format!("{url}users?token=7")).send().await;
    assert!(outcome.is_err());
    drop(guard);
    let text = page.text();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("backoff: "))
        .collect();
    assert_eq!(lines.len(), 2, "{text}");
    let port = url
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap_or_default();
    for line in &lines {
        assert!(line.contains("call{operation=\"shop\"}"), "{line}");
        assert!(line.contains("http.request.method=\"GET\""), "{line}");
        assert!(line.contains("server.address=\"127.0.0.1\""), "{line}");
        assert!(line.contains(&format!("server.port={port}")), "{line}");
        assert!(line.contains("url.path=\"/users\""), "{line}");
        assert!(!line.contains("token"), "{line}");
    }
    let (retry, end) = (lines[0], lines[1]);
    assert!(
        retry.starts_with(" WARN") && end.starts_with("ERROR"),
        "{text}"
    );
    assert!(retry.contains("http.response.status_code=503"), "{retry}");
    assert!(retry.contains("error.type=503"), "{retry}");
    assert!(
        retry.contains("backoff.delay_field=\"retry-after\""),
        "{retry}"
    );
    assert!(!retry.contains("resend_count"), "{retry}");
    assert!(end.contains("http.request.resend_count=1"), "{end}");
    assert!(end.contains("error.type=connection_reset"), "{end}");
    assert!(end.contains("error sending request: "), "{end}");
}
