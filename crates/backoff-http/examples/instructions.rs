//! Does one of the frequent tasks a thousand times, for callgrind to count: the instructions of the function
//! `work` by a thousand are those of one request, the call itself included.
//!
//! ```sh
//! cargo build --release -p backoff-http --features http-1 --example instructions && for task in imf-fixdate rfc-850 asctime lenient-date lenient-imf-fixdate delta-seconds plain-200 hinted-503 map-200 map-503 map-503-date peer-imf-fixdate; do echo "$task $(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='instructions::work*' target/release/examples/instructions $task 2>&1 | grep Collected)"; done
//! ```

use backoff_http::{HttpDate, Method, RequestInfo, RetryAfter, Rules};
use std::hint::black_box;

const NOW: HttpDate = HttpDate::from_unix(784_111_717);

const IMF_FIXDATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

const HEADERS: [(&str, &str); 6] = [
    ("date", "Sun, 06 Nov 1994 08:48:37 GMT"),
    ("content-type", "text/html; charset=utf-8"),
    ("content-length", "162"),
    ("server", "nginx"),
    ("connection", "keep-alive"),
    ("retry-after", "120"),
];

fn main() {
    let task = std::env::args().nth(1).unwrap_or_default();
    let parse = |text: &str| HttpDate::parse(text.as_bytes(), NOW);
    let classify = |status| {
        Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), status, &HEADERS, NOW)
    };
    #[cfg(feature = "http-1")]
    if map::is_done(&task) {
        return;
    }
    match task.as_str() {
        "imf-fixdate" => repeat(IMF_FIXDATE, parse),
        "rfc-850" => repeat("Sunday, 06-Nov-94 08:49:37 GMT", parse),
        "asctime" => repeat("Sun Nov  6 08:49:37 1994", parse),
        "lenient-date" => repeat("Sun, 6 Nov 1994 08:49:37 UTC", |text| {
            HttpDate::parse_lenient(text.as_bytes(), NOW)
        }),
        "lenient-imf-fixdate" => repeat(IMF_FIXDATE, |text| {
            HttpDate::parse_lenient(text.as_bytes(), NOW)
        }),
        "delta-seconds" => repeat("120", |value| RetryAfter::parse(value.as_bytes(), NOW)),
        "plain-200" => repeat(200, classify),
        "hinted-503" => repeat(503, classify),
        "peer-imf-fixdate" => repeat(IMF_FIXDATE, httpdate::parse_http_date),
        _ => panic!("which task? {task:?} is none"),
    }
}

fn repeat<I: Copy, O>(input: I, task: impl Fn(I) -> O) {
    for _ in 0..1000 {
        black_box(work(black_box(input), &task));
    }
}

#[inline(never)]
fn work<I, O>(input: I, task: &impl Fn(I) -> O) -> O {
    task(input)
}

/// The same with the header map of the crate `http`.
#[cfg(feature = "http-1")]
mod map {
    use super::{HEADERS, IMF_FIXDATE, Method, NOW, RequestInfo, Rules, repeat};
    use http::{HeaderMap, HeaderName, HeaderValue};

    pub(crate) fn is_done(task: &str) -> bool {
        // The fields of a usual response, without a hint.
        let mut headers: HeaderMap = HEADERS[..5]
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let status = match task {
            "map-200" => 200,
            "map-503" => 503,
            "map-503-date" => {
                headers.insert("retry-after", HeaderValue::from_static(IMF_FIXDATE));
                503
            }
            _ => return false,
        };
        repeat(status, |status| {
            Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), status, &headers, NOW)
        });
        true
    }
}
