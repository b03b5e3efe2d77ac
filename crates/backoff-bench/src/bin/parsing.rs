//! What reading a server's answer costs: dates and `Retry-After`, and judging a whole response.

use std::hint::black_box;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_http::{HttpDate, Method, RequestInfo, RetryAfter, Rules};

fn main() {
    ask(&[(READ, SUBJECTS)]);
}

const READ: Measure = Measure {
    name: "read",
    less: (10_000, 0),
    more: (20_000, 0),
    per: 10_000,
    by: By::Both,
};

const SUBJECTS: &[Subject] = &[
    Subject::new("IMF-fixdate, backoff-http", |n, _| {
        repeat(n, IMF_FIXDATE, ours);
    }),
    Subject::new("IMF-fixdate, httpdate", |n, _| {
        repeat(n, IMF_FIXDATE, httpdate);
    }),
    Subject::new("RFC 850, backoff-http", |n, _| repeat(n, RFC_850, ours)),
    Subject::new("RFC 850, httpdate", |n, _| repeat(n, RFC_850, httpdate)),
    Subject::new("asctime, backoff-http", |n, _| repeat(n, ASCTIME, ours)),
    Subject::new("asctime, httpdate", |n, _| repeat(n, ASCTIME, httpdate)),
    Subject::new("a lenient date, backoff-http", |n, _| {
        repeat(n, LENIENT, lenient);
    }),
    Subject::new("Retry-After in seconds, backoff-http", |n, _| {
        repeat(n, "120", seconds);
    }),
    Subject::new("a response of status 200, backoff-http", |n, _| {
        repeat(n, 200, classify);
    }),
    Subject::new("a 503 with six headers, backoff-http", |n, _| {
        repeat(n, 503, classify);
    }),
];

const NOW: HttpDate = HttpDate::from_unix(784_111_717);
const IMF_FIXDATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const RFC_850: &str = "Sunday, 06-Nov-94 08:49:37 GMT";
const ASCTIME: &str = "Sun Nov  6 08:49:37 1994";
const LENIENT: &str = "Sun, 6 Nov 1994 08:49:37 UTC";
const HEADERS: [(&str, &str); 6] = [
    ("date", "Sun, 06 Nov 1994 08:48:37 GMT"),
    ("content-type", "text/html; charset=utf-8"),
    ("content-length", "162"),
    ("server", "nginx"),
    ("connection", "keep-alive"),
    ("retry-after", "120"),
];

fn ours(date: &str) -> bool {
    HttpDate::parse(date.as_bytes(), NOW).is_ok()
}

fn lenient(date: &str) -> bool {
    HttpDate::parse_lenient(date.as_bytes(), NOW).is_ok()
}

fn httpdate(date: &str) -> bool {
    httpdate::parse_http_date(date).is_ok()
}

fn seconds(value: &str) -> bool {
    RetryAfter::parse(value.as_bytes(), NOW).is_ok()
}

fn classify(status: u16) -> bool {
    let classification =
        Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), status, &HEADERS, NOW);
    classification.failure().is_none() == (status == 200)
}

#[inline]
fn repeat<I: Copy>(n: u32, input: I, read: fn(I) -> bool) {
    for _ in 0..n {
        assert!(black_box(read)(black_box(input)), "it can be read");
    }
}
