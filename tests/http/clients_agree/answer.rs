//! Answers of a server, as bytes of HTTP/1.1.

use super::server::Step;

/// An answer with the status as its body.
pub(crate) fn status(status: u16) -> Step {
    with(status, "x-nothing: here")
}

/// An answer with this header, and with the status as its body where a status has one.
pub(crate) fn with(status: u16, header: &str) -> Step {
    if status == 204 {
        return raw(&head(status, header));
    }
    let header = format!("{header}\r\ncontent-length: 3");
    Step::Answer(head(status, &header) + &status.to_string())
}

pub(crate) fn body(status: u16, body: &str) -> Step {
    let length = format!("content-length: {}", body.len());
    Step::Answer(head(status, &length) + body)
}

pub(crate) fn chunked(status: u16, body: &str) -> Step {
    let (first, second) = body.split_at(9);
    let head = head(status, "transfer-encoding: chunked");
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    Step::Answer(head + &chunk(first) + &chunk(second) + "0\r\n\r\n")
}

pub(crate) fn head(status: u16, header: &str) -> String {
    format!("HTTP/1.1 {status} Because\r\nconnection: close\r\n{header}\r\n\r\n")
}

pub(crate) fn raw(text: &str) -> Step {
    Step::Answer(text.to_owned())
}
