//! The table: what a server does, and what each client does then.

use http::Method;
use tower_backoff::Rules;

use super::client::Kind;
use super::frames;
use super::scenario::{Reading, SKIPPED, Scenario, To, get, post};
use super::server::Step;

pub(crate) fn all() -> Vec<Scenario> {
    let parts = [
        statuses(),
        refusals(),
        hints(),
        bodies(),
        breaks(),
        broken_bodies(),
        silence(),
        redirects(),
        alerts(),
        proxies(),
        streams(),
    ];
    parts.into_iter().flatten().collect()
}

fn statuses() -> Vec<Scenario> {
    vec![
        get("a success").meets([status(200)]).gives("200 200"),
        get("204 has no body").meets([status(204)]).gives("204 "),
        get("503 that passes")
            .meets([status(503), status(503), status(200)])
            .gives("s s 200 200"),
        get("503 that stays")
            .meets([status(503)])
            .gives("s s 503 503"),
        post("503 without a key")
            .meets([status(503), status(200)])
            .gives("503 503"),
        post("503 with a key")
            .keyed()
            .meets([status(503), status(200)])
            .gives("s 200 200"),
        post("503 to a PATCH")
            .by(Method::PATCH)
            .meets([status(503)])
            .gives("503 503"),
        post("503 to a PUT")
            .by(Method::PUT)
            .meets([status(503), status(200)])
            .gives("s 200 200"),
        post("502 to a DELETE")
            .by(Method::DELETE)
            .meets([status(502), status(200)])
            .gives("s 200 200"),
        get("500 that passes")
            .meets([status(500), status(200)])
            .gives("s 200 200"),
        get("504 that passes")
            .meets([status(504), status(200)])
            .gives("s 200 200"),
        get("408 that passes")
            .meets([status(408), status(200)])
            .gives("s 200 200"),
        get("404").meets([status(404)]).gives("404 404"),
        get("501").meets([status(501)]).gives("501 501"),
        get("507").meets([status(507)]).gives("507 507"),
    ]
}

fn refusals() -> Vec<Scenario> {
    vec![
        post("429 comes before processing")
            .meets([status(429), status(200)])
            .gives("s 200 200"),
        post("425 comes before processing")
            .meets([status(425), status(200)])
            .gives("s 200 200"),
        post("409 without a key")
            .meets([status(409), status(200)])
            .gives("409 409"),
        post("409 with a key")
            .keyed()
            .meets([status(409), status(200)])
            .gives("s 200 200"),
        post("429 by rules without refusals")
            .rules(&CAREFUL)
            .meets([status(429), status(200)])
            .gives("429 429"),
    ]
}

static CAREFUL: Rules = Rules::DEFAULT.without_refusals();

fn hints() -> Vec<Scenario> {
    vec![
        get("Retry-After in seconds")
            .meets([with(503, "retry-after: 1"), status(200)])
            .gives("h 200 200"),
        get("retry-after-ms")
            .meets([with(503, "retry-after-ms: 1000"), status(200)])
            .gives("h 200 200"),
        post("Retry-After of a rate limiter")
            .meets([with(429, "retry-after: 1"), status(200)])
            .gives("h 200 200"),
        post("413 that is temporary")
            .by(Method::PUT)
            .meets([with(413, "retry-after: 1"), status(200)])
            .gives("h 200 200"),
        get("Retry-After in the past")
            .meets([
                with(503, "retry-after: Sun, 06 Nov 1994 08:49:37 GMT"),
                status(200),
            ])
            .gives("s 200 200"),
        get("Retry-After that is no delay")
            .meets([with(503, "retry-after: soon"), status(200)])
            .gives("s 200 200"),
        get("Retry-After of two lines")
            .meets([with(503, "retry-after: 0\r\nretry-after: 1"), status(200)])
            .gives("h 200 200"),
        get("Retry-After that is too long")
            .meets([with(503, "retry-after: 3600")])
            .gives("503 503"),
        get("Retry-After of a success means nothing")
            .meets([with(200, "retry-after: 3600")])
            .gives("200 200"),
        get("x-should-retry: true")
            .meets([with(404, "x-should-retry: true"), status(200)])
            .gives("s 200 200"),
        get("x-should-retry: false")
            .meets([with(503, "x-should-retry: false")])
            .gives("503 503"),
    ]
}

const USED_UP: &str = r#"{"error": {"code": "insufficient_quota"}}"#;
const AGAIN: &str = r#"{"error": {"code": 429, "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}]}}"#;

fn bodies() -> Vec<Scenario> {
    vec![
        post("a quota that is used up")
            .rules(&Rules::OPENAI)
            .meets([body(429, USED_UP)])
            .gives(r#"429 {\"error\": {\"code\": \"insufficient_quota\"}}"#),
        post("a quota that is used up, in chunks")
            .rules(&Rules::OPENAI)
            .meets([chunked(429, USED_UP)])
            .gives(r#"429 {\"error\": {\"code\": \"insufficient_quota\"}}"#),
        post("another code")
            .rules(&Rules::OPENAI)
            .meets([body(429, r#"{"error": {"code": "busy"}}"#), status(200)])
            .gives("s 200 200"),
        get("RetryInfo in JSON")
            .rules(&Rules::GOOGLE)
            .meets([body(429, AGAIN), status(200)])
            .gives("h 200 200"),
        post("a body that is not asked for")
            .meets([body(429, USED_UP), status(200)])
            .gives("s 200 200"),
    ]
}

fn breaks() -> Vec<Scenario> {
    vec![
        get("reset before the request")
            .meets([Step::ResetFirst, status(200)])
            .gives("s 200 200"),
        get("closed after the request")
            .meets([Step::Close, status(200)])
            .gives("s 200 200"),
        get("reset after the request")
            .meets([Step::Reset, status(200)])
            .gives("s 200 200"),
        get("closed after each request")
            .meets([Step::Close])
            .gives("s s connection reset, given up after 3 attempts"),
        post("closed after a POST")
            .meets([Step::Close, status(200)])
            .gives("connection reset"),
        post("reset after a POST")
            .meets([Step::Reset, status(200)])
            .gives("connection reset"),
        post("closed after a POST with a key")
            .keyed()
            .meets([Step::Close, status(200)])
            .gives("s 200 200"),
        get("closed within the head")
            .meets([raw("HTTP/1.1 200 OK\r\nConte"), status(200)])
            .gives("s 200 200"),
        get("not HTTP")
            .meets([raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"), status(200)])
            .gives("s 200 200"),
        post("not HTTP, to a POST")
            .meets([raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")])
            .gives("broken response"),
        get("no server")
            .to(To::Nobody)
            .gives("connection refused, given up after 3 attempts"),
        post("no server for a POST")
            .to(To::Nobody)
            .gives("connection refused, given up after 3 attempts"),
    ]
}

const BROKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n1234";

fn broken_bodies() -> Vec<Scenario> {
    vec![
        get("a body that breaks off")
            .meets([raw(BROKEN)])
            .gives("200 broken"),
        get("a body that breaks off, as a part of the attempt")
            .reading(Reading::Whole)
            .meets([raw(BROKEN), status(200)])
            .gives("s 200 200")
            .but(Kind::Middleware, "200 broken")
            .but(Kind::Tower, "200 broken"),
        get("a slow body within the time of an attempt")
            .meets([slow()])
            .gives("200 12345"),
        get("a body that takes longer than an attempt may")
            .reading(Reading::Streamed)
            .meets([Step::Slow(head(200, "content-length: 35"), LONG_BODY)])
            .gives(LONG_ANSWER),
        get("a slow body as a part of the attempt")
            .reading(Reading::Whole)
            .meets([slow()])
            .gives("200 12345"),
        get("the slow body of a failure")
            .meets([
                Step::Slow(head(503, "content-length: 3"), "503"),
                status(200),
            ])
            .gives("s 200 200"),
    ]
}

/// One byte each 100 ms takes longer than the 3 s of an attempt.
const LONG_BODY: &str = "12345678901234567890123456789012345";
const LONG_ANSWER: &str = "200 12345678901234567890123456789012345";

fn slow() -> Step {
    Step::Slow(head(200, "content-length: 5"), "12345")
}

fn silence() -> Vec<Scenario> {
    vec![
        get("silence")
            .meets([Step::Stall, status(200)])
            .gives("s 200 200"),
        post("silence after a POST")
            .meets([Step::Stall, status(200)])
            .gives("timed out"),
        post("silence after a POST with a key")
            .keyed()
            .meets([Step::Stall, status(200)])
            .gives("s 200 200"),
        get("silence after a failure")
            .meets([status(503), Step::Stall, status(200)])
            .gives("s s 200 200"),
    ]
}

fn redirects() -> Vec<Scenario> {
    let moved = |status| with(status, "location: /there");
    vec![
        get("302")
            .meets([moved(302), status(200)])
            .gives("> 200 200")
            .but(Kind::Tower, "302 302"),
        post("303 makes a GET")
            .meets([moved(303), status(200)])
            .gives("> 200 200")
            .but(Kind::Tower, "303 303"),
        post("307 sends the body again")
            .meets([moved(307), status(200)])
            .gives("> 200 200")
            .but(Kind::Tower, "307 307"),
        get("a chain is repeated from its start")
            .meets([moved(302), status(503), moved(302), status(200)])
            .gives("> s > 200 200")
            .but(Kind::Tower, "302 302"),
        post("a POST that was redirected was processed")
            .meets([moved(303), status(429), status(200)])
            .gives("> 429 429")
            .but(Kind::Tower, "303 303"),
        post("a POST that was redirected to a dead server was processed")
            .meets([with(303, "location: http://127.0.0.1:1/")])
            .gives("connection refused, given up after 1 attempt")
            .but(Kind::Tower, "303 303"),
        get("redirects without end")
            .meets([moved(302)])
            .gives("> > > > > > > > > > too many redirects")
            .but(Kind::Tower, "302 302"),
        get("a redirect to nowhere")
            .meets([status(302)])
            .gives("302 302"),
    ]
}

fn alerts() -> Vec<Scenario> {
    let alert = |description| Step::Say(vec![0x15, 3, 3, 0, 2, 2, description]);
    vec![
        get("the alert internal_error")
            .to(To::Tls)
            .meets([alert(80)])
            .gives("s s passing TLS alert, given up after 3 attempts"),
        post("the alert internal_error, to a POST")
            .to(To::Tls)
            .meets([alert(80)])
            .gives("s s passing TLS alert, given up after 3 attempts"),
        get("the alert handshake_failure")
            .to(To::Tls)
            .meets([alert(40)])
            .gives("TLS handshake failed"),
        get("a server without TLS")
            .to(To::Tls)
            .meets([Step::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())])
            .gives("TLS handshake failed"),
        get("closed within the handshake")
            .to(To::Tls)
            .meets([Step::Say(Vec::new())])
            .gives("s s connection reset, given up after 3 attempts"),
    ]
}

fn proxies() -> Vec<Scenario> {
    vec![
        get("a proxy that fails")
            .to(To::Proxy)
            .meets([status(502)])
            .gives("s s no connection, given up after 3 attempts"),
        post("a proxy that fails, for a POST")
            .to(To::Proxy)
            .meets([status(503)])
            .gives("s s no connection, given up after 3 attempts"),
        get("a proxy that wants other credentials")
            .to(To::Proxy)
            .meets([status(407)])
            .gives("refused by a proxy"),
    ]
}

fn streams() -> Vec<Scenario> {
    let over = |scenario: Scenario| scenario.to(To::Http2).but(Kind::Ureq, SKIPPED);
    vec![
        over(get("a stream"))
            .meets([Step::Stream(frames::ok)])
            .gives("200 "),
        over(get("a stream with 503"))
            .meets([Step::Stream(frames::unavailable), Step::Stream(frames::ok)])
            .gives("s 200 "),
        over(post("REFUSED_STREAM"))
            .meets([Step::Stream(frames::refused), Step::Stream(frames::ok)])
            .gives("s 200 "),
        over(post("a GOAWAY before the stream"))
            .meets([Step::Stream(frames::go_away), Step::Stream(frames::ok)])
            .gives("s 200 "),
        over(get("a stream that breaks"))
            .meets([
                Step::Stream(frames::internal_error),
                Step::Stream(frames::ok),
            ])
            .gives("s 200 "),
        over(post("a stream that breaks, of a POST"))
            .meets([Step::Stream(frames::internal_error)])
            .gives("connection reset"),
    ]
}

fn status(status: u16) -> Step {
    with(status, "x-nothing: here")
}

/// An answer with this header, and with the status as its body where a status has one.
fn with(status: u16, header: &str) -> Step {
    if status == 204 {
        return raw(&head(status, header));
    }
    let header = format!("{header}\r\ncontent-length: 3");
    Step::Answer(head(status, &header) + &status.to_string())
}

fn body(status: u16, body: &str) -> Step {
    let length = format!("content-length: {}", body.len());
    Step::Answer(head(status, &length) + body)
}

fn chunked(status: u16, body: &str) -> Step {
    let (first, second) = body.split_at(9);
    let head = head(status, "transfer-encoding: chunked");
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    Step::Answer(head + &chunk(first) + &chunk(second) + "0\r\n\r\n")
}

fn head(status: u16, header: &str) -> String {
    format!("HTTP/1.1 {status} Because\r\nconnection: close\r\n{header}\r\n\r\n")
}

fn raw(text: &str) -> Step {
    Step::Answer(text.to_owned())
}
