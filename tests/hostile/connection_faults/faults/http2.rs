//! Faults of HTTP/2.

use super::{Fault, Protocol, Then, fault};

pub(super) fn all() -> Vec<Fault> {
    [streams(), frames()].concat()
}

/// Types of frames (RFC 9113, section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// The flags `END_STREAM` and `END_HEADERS`.
const ENDS: u8 = 5;

/// HPACK (RFC 7541, appendix A): index 8 is `:status 200`.
const STATUS_200: &[u8] = &[0x88];

fn new(name: &'static str, bytes: Vec<u8>, then: Then) -> Fault {
    Fault {
        greeting: frame(SETTINGS, 0, 0, b""),
        ..fault(Protocol::Http2, name, bytes, then)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short frame")
        .to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

fn reset(code: u8) -> Vec<u8> {
    frame(RST_STREAM, 0, 1, &[0, 0, 0, code])
}

/// The answer to a stream that goes on or goes wrong.
fn streams() -> Vec<Fault> {
    let go_away = |code: u8| frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, code]);
    let refused = |name, bytes| Fault {
        refuses: true,
        ..new(name, bytes, Then::Stall)
    };
    vec![
        new("closes without an answer", Vec::new(), Then::Close),
        new("never answers", Vec::new(), Then::Stall),
        new(
            "an answer of HTTP/1.1",
            b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
            Then::Close,
        ),
        refused("refuses the stream", reset(7)),
        refused("goes away before the stream", go_away(0)),
        refused("asks for calm", go_away(11)),
        new("resets the stream: internal error", reset(2), Then::Stall),
        new("resets the stream: cancel", reset(8), Then::Stall),
        new(
            "headers that cannot be decoded",
            frame(HEADERS, ENDS, 1, &[0xff; 9]),
            Then::Stall,
        ),
        new(
            "headers without a status",
            frame(HEADERS, ENDS, 1, &[]),
            Then::Stall,
        ),
        new(
            "headers that go on for ever",
            frame(HEADERS, 0, 1, &[0x88]),
            Then::Repeat(frame(CONTINUATION, 0, 1, &[])),
        ),
        new(
            "a continuation of nothing",
            frame(CONTINUATION, 4, 1, &[0x88]),
            Then::Stall,
        ),
    ]
}

/// Bodies, and frames that nothing asked for.
fn frames() -> Vec<Fault> {
    let ok = frame(HEADERS, 4, 1, STATUS_200);
    let ping = frame(PING, 0, 0, &[0; 8]);
    let data = |ends: u8, body: &[u8]| frame(DATA, ends, 1, body);
    vec![
        new("a body before its headers", data(1, b"ok"), Then::Stall),
        new(
            "a body on another stream",
            frame(DATA, 1, 99, b"no"),
            Then::Stall,
        ),
        new(
            "a body that breaks off",
            [ok.clone(), data(0, b"ok")].concat(),
            Then::Close,
        ),
        new(
            "a body that is reset",
            [ok.clone(), data(0, b"ok"), reset(2)].concat(),
            Then::Stall,
        ),
        new(
            "a body for ever",
            ok.clone(),
            Then::Trickle(data(0, &[b'z'; 1_024])),
        ),
        Fault {
            body: Some("ok"),
            ..new(
                "a body after the end",
                [ok.clone(), data(1, b"ok"), data(1, b"no")].concat(),
                Then::Stall,
            )
        },
        new(
            "more than the window",
            ok.clone(),
            Then::Repeat(data(0, &[b'z'; 16_384])),
        ),
        new(
            "a frame of 16 MiB",
            vec![0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1],
            Then::Stall,
        ),
        new(
            "an unknown setting of every kind",
            frame(SETTINGS, 0, 0, &[0xff; 6 * 100]),
            Then::Stall,
        ),
        new(
            "a setting of half a size",
            frame(SETTINGS, 0, 0, &[0; 5]),
            Then::Stall,
        ),
        new("pings for ever", Vec::new(), Then::Repeat(ping)),
        new(
            "settings for ever",
            Vec::new(),
            Then::Repeat(frame(SETTINGS, 0, 0, &[])),
        ),
        new(
            "a window of 2^31",
            frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]),
            Then::Stall,
        ),
        new(
            "a push that was not allowed",
            frame(PUSH_PROMISE, 4, 1, &[0, 0, 0, 2, 0x88]),
            Then::Stall,
        ),
    ]
}
