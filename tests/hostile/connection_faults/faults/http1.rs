//! Faults of HTTP/1.1.

use super::{Fault, Protocol, Then, fault};

const OK: &str = "HTTP/1.1 200 OK\r\n";

pub(super) fn all() -> Vec<Fault> {
    [heads(), bodies()].concat()
}

fn new(name: &'static str, bytes: &str, then: Then) -> Fault {
    fault(Protocol::Http1, name, bytes, then)
}

/// Answers 200, with the rest of the head and a body.
fn head(name: &'static str, rest: &str, then: Then) -> Fault {
    new(name, &format!("{OK}{rest}"), then)
}

/// Before and instead of a response.
fn heads() -> Vec<Fault> {
    let line = b"x-more: 0123456789012345678901234567890123456789\r\n".to_vec();
    vec![
        Fault {
            before_the_request: true,
            ..new("resets before the request", "", Then::Reset)
        },
        Fault {
            before_the_request: true,
            ..new("never reads", "", Then::Stall)
        },
        new("closes without an answer", "", Then::Close),
        new("resets without an answer", "", Then::Reset),
        new("never answers", "", Then::Stall),
        new(
            "bytes that are no HTTP",
            "\0\u{1}\u{2}\r\n\r\n",
            Then::Stall,
        ),
        new("half a status line", "HTTP/1.1 20", Then::Close),
        new(
            "a version of the future",
            "HTTP/9.9 200 OK\r\n\r\n",
            Then::Close,
        ),
        new(
            "a status of 999 and no length",
            "HTTP/1.1 999 Odd\r\n\r\nx",
            Then::Close,
        ),
        new("a status of 0", "HTTP/1.1 000 Zero\r\n\r\n", Then::Close),
        new("only a body, as in HTTP/0.9", "hello", Then::Close),
        head(
            "headers that never end",
            "x: y\r\n",
            Then::Trickle(b"x-slow: y\r\n".to_vec()),
        ),
        head("headers without end, fast", "x: y\r\n", Then::Repeat(line)),
        head(
            "a header line without end",
            "x: ",
            Then::Repeat(vec![b'y'; 4_096]),
        ),
        head("a NUL in a header", "x: a\0b\r\n\r\n", Then::Close),
        head(
            "a folded header",
            "x: a\r\n b\r\ncontent-length: 0\r\n\r\n",
            Then::Close,
        ),
        new(
            "100 Continue for ever",
            "",
            Then::Trickle(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        ),
        new(
            "101 that was not asked for",
            "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n",
            Then::Stall,
        ),
        new(
            "204 with a body",
            "HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\nok",
            Then::Close,
        ),
        new(
            "503 that asks for 3,000 years",
            "HTTP/1.1 503 No\r\nretry-after: 99999999999\r\ncontent-length: 0\r\n\r\n",
            Then::Close,
        ),
        Fault {
            refuses: true,
            ..new(
                "a redirect to itself",
                "HTTP/1.1 307 On\r\nlocation: /\r\ncontent-length: 0\r\n\r\n",
                Then::Close,
            )
        },
    ]
}

/// In the body of a response.
fn bodies() -> Vec<Fault> {
    const DATE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
    let data = [b'z'; 0x400];
    let chunk = [b"400\r\n", &data[..], b"\r\n"].concat();
    vec![
        head(
            "a body shorter than its length",
            "content-length: 10\r\n\r\nok",
            Then::Close,
        ),
        head(
            "a body that is reset",
            "content-length: 10\r\n\r\nok",
            Then::Reset,
        ),
        head(
            "a body that stalls",
            "content-length: 10\r\n\r\nok",
            Then::Stall,
        ),
        Fault {
            body: Some("ok"),
            ..new(
                "another response after the body",
                &format!("{DATE}ok{DATE}no"),
                Then::Stall,
            )
        },
        Fault {
            body: Some("ok"),
            chunk: 1,
            ..new("a byte at a time", &format!("{DATE}ok"), Then::Close)
        },
        head(
            "two lengths",
            "content-length: 2\r\ncontent-length: 3\r\n\r\nok!",
            Then::Close,
        ),
        Fault {
            body: Some("ok"),
            ..head(
                "a length and chunks",
                "content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                Then::Stall,
            )
        },
        head(
            "a length that is no number",
            "content-length: many\r\n\r\nok",
            Then::Close,
        ),
        head(
            "a length of 2^64 - 1",
            "content-length: 18446744073709551615\r\n\r\nok",
            Then::Stall,
        ),
        head(
            "a chunk of no size",
            "transfer-encoding: chunked\r\n\r\nzz\r\nok\r\n",
            Then::Close,
        ),
        head(
            "a chunk of 2^68",
            "transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\n",
            Then::Close,
        ),
        head(
            "chunks without an end",
            "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
            Then::Close,
        ),
        head(
            "chunks for ever",
            "transfer-encoding: chunked\r\n\r\n",
            Then::Trickle(chunk),
        ),
        Fault {
            body: Some("ok"),
            ..head("no length and a close", "\r\nok", Then::Close)
        },
    ]
}
