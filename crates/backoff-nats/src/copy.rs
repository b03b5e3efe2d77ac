//! The headers of copies: of dead letters and of scheduled redeliveries.

use std::time::{Duration, UNIX_EPOCH};

use async_nats::HeaderMap;
use async_nats::jetstream::Message;
use backoff_tokio::{GiveUp, Progress};

use crate::carried::{CONSUMER, PROGRESS, PUBLISHED, to_hex};
use crate::received::Received;

const ATTEMPTS: &str = "Backoff-Attempts";
const ERROR: &str = "Backoff-Error";
const MESSAGE_ID: &str = "Backoff-Message-Id";
const REASON: &str = "Backoff-Reason";
const SEQUENCE: &str = "Backoff-Sequence";
const STREAM: &str = "Backoff-Stream";
const SUBJECT: &str = "Backoff-Subject";

/// How much of an error's text a dead letter keeps, in bytes, so that the headers stay far below a server's limits.
const LONGEST_ERROR: usize = 1_024;

/// The headers of a message that the server publishes again at `due`.
pub(crate) fn scheduled(received: &Received<'_>, progress: Progress, due: Duration) -> HeaderMap {
    let mut headers = users(received.message);
    let id = format!("{}.{}", received.key(), received.delivery.attempt());
    let due = humantime::format_rfc3339_nanos(UNIX_EPOCH + due);
    headers.insert("Nats-Schedule", format!("@at {due}"));
    headers.insert("Nats-Schedule-Target", received.message.subject.as_str());
    headers.insert("Nats-Msg-Id", id);
    headers.insert(SEQUENCE, received.info.stream_sequence.to_string());
    headers.insert(CONSUMER, received.info.consumer);
    headers.insert(PROGRESS, to_hex(progress));
    headers.insert(PUBLISHED, received.published.as_nanos().to_string());
    headers
}

/// The headers of a dead letter.
pub(crate) fn dead_letter(received: &Received<'_>, reason: GiveUp, error: &str) -> HeaderMap {
    let mut headers = users(received.message);
    // A second copy within the server's window for duplicates is dropped.
    headers.insert("Nats-Msg-Id", format!("{}.dead", received.key()));
    headers.insert(ATTEMPTS, received.delivery.attempt().to_string());
    headers.insert(CONSUMER, received.info.consumer);
    headers.insert(ERROR, one_line(error));
    headers.insert(PUBLISHED, received.published.as_nanos().to_string());
    headers.insert(REASON, reason.as_str());
    headers.insert(SEQUENCE, received.info.stream_sequence.to_string());
    headers.insert(STREAM, received.info.stream);
    headers.insert(SUBJECT, received.message.subject.as_str());
    headers
}

/// The headers that the publisher set.
///
/// Those of the server would be instructions for the copy: an expected sequence number, or an identifier by which
/// the copy is dropped as a duplicate. The identifier is kept under another name.
fn users(message: &Message) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in message.headers.iter().flat_map(HeaderMap::iter) {
        let lower = AsRef::<str>::as_ref(name).to_ascii_lowercase();
        let is_id = lower == "nats-msg-id" || lower == MESSAGE_ID.to_ascii_lowercase();
        let is_instruction = lower.starts_with("nats-") || lower.starts_with("backoff-");
        for value in values {
            if is_id {
                headers.insert(MESSAGE_ID, value.clone());
            } else if !is_instruction {
                headers.append(name.clone(), value.clone());
            }
        }
    }
    headers
}

/// A header value has no line breaks.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        if line.len() + character.len_utf8() > LONGEST_ERROR {
            break;
        }
        line.push(if character.is_control() {
            ' '
        } else {
            character
        });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_one_line_of_bounded_length() {
        let cases = [
            ("plain", "plain".to_owned()),
            ("a\r\nNats-Rollup: all", "a  Nats-Rollup: all".to_owned()),
            (&"é".repeat(600), "é".repeat(512)),
        ];
        for (text, line) in cases {
            assert_eq!(one_line(text), line);
        }
    }
}
