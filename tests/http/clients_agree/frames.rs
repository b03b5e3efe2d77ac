//! As much of a server of HTTP/2 as its failures need (RFC 9113).

use std::io::{Read, Write};
use std::net::TcpStream;

use super::server::Step;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// Answers the streams of a connection, each by its step.
pub(crate) fn serve(mut stream: &TcpStream, next: impl Fn() -> Step) {
    let mut preface = [0; 24];
    if stream.read_exact(&mut preface).is_err() {
        return;
    }
    let _ = stream.write_all(&frame(SETTINGS, 0, 0, &[]));
    while let Some((kind, flags, id, payload)) = read(stream) {
        let answer = match (kind, next_of(kind, &next)) {
            (HEADERS, Some(Step::Stream(frames))) => frames(id),
            (SETTINGS, _) if flags & 1 == 0 => frame(SETTINGS, 1, 0, &[]),
            (PING, _) if flags & 1 == 0 => frame(PING, 1, 0, &payload),
            _ => Vec::new(),
        };
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

fn next_of(kind: u8, next: impl Fn() -> Step) -> Option<Step> {
    (kind == HEADERS).then(next)
}

/// `:status: 200`, and the end of the stream.
pub(crate) fn ok(stream: u32) -> Vec<u8> {
    let end_of_stream_and_headers = 0x5;
    frame(HEADERS, end_of_stream_and_headers, stream, &[0x88])
}

/// `:status: 503`, and the end of the stream.
pub(crate) fn unavailable(stream: u32) -> Vec<u8> {
    // A literal with the name of entry 8 of the static table (RFC 7541, appendix A).
    frame(HEADERS, 0x5, stream, b"\x08\x03503")
}

/// A stream that was not processed.
pub(crate) fn refused(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &7_u32.to_be_bytes())
}

/// A stream that broke.
pub(crate) fn internal_error(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &2_u32.to_be_bytes())
}

/// A connection that ends, and has processed no stream.
pub(crate) fn go_away(_stream: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[0; 8])
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn read(mut stream: &TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let [a, b, c, kind, flags, id @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    stream.read_exact(&mut payload).ok()?;
    Some((kind, flags, u32::from_be_bytes(id), payload))
}
