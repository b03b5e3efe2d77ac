//! A message as it was delivered.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use async_nats::jetstream::Message;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::message::Info;
use backoff_queue::{Delivery, Note};
use backoff_tokio::Progress;

use crate::carried::Carried;
use crate::clock::{unix, unix_now};
use crate::connection::Connection;
use crate::error::SettleError;
use crate::event::{MessageEvent, MessageEventKind};
use crate::reliably::reliably;

/// A message, what the server says of it, and what an earlier delivery wrote down.
pub(crate) struct Received<'m> {
    pub(crate) message: &'m Message,
    pub(crate) info: Info<'m>,
    pub(crate) delivery: Delivery,
    /// When the message was first published, since the Unix epoch.
    pub(crate) published: Duration,
    /// When this copy of it was stored, since the Unix epoch.
    stored: Duration,
    pub(crate) note: Option<Note>,
    /// The consumer that scheduled the message, if one did.
    pub(crate) scheduled_by: Option<String>,
}

impl<'m> Received<'m> {
    /// Reads what the message itself says.
    pub(crate) fn of(message: &'m Message) -> Result<Self, SettleError> {
        let info = message.info().map_err(SettleError::NotJetStream)?;
        let carried = Carried::read(message.headers.as_ref());
        let stored = unix(SystemTime::from(info.published));
        let published = carried.published.unwrap_or(stored).min(stored);
        let mut received = Self {
            message,
            info,
            delivery: Delivery::counted(1, unix_now().saturating_sub(published)),
            published,
            stored,
            note: None,
            scheduled_by: carried.consumer,
        };
        received.recall(carried.note);
        Ok(received)
    }

    /// Reads what the message says, and what is noted about it in the store.
    pub(crate) async fn with_note(
        message: &'m Message,
        notes: Option<&Store>,
        connection: &Connection,
    ) -> Result<Self, SettleError> {
        let mut received = Self::of(message)?;
        let Some(notes) = notes else {
            return Ok(received);
        };
        if received.may_be_repeated(connection) {
            let key = received.key();
            let value = Box::pin(reliably(|| notes.get(key.clone()))).await;
            let value = value.map_err(|error| SettleError::Note(error.into()))?;
            let note = value.and_then(|value| Note::from_bytes(&value).ok());
            received.recall(note.or(received.note));
        }
        Ok(received)
    }

    fn recall(&mut self, note: Option<Note>) {
        let deliveries = self.deliveries();
        let progress = match note {
            Some(note) => note.progress_at(deliveries),
            None => Progress::at(u32::try_from(deliveries).unwrap_or(u32::MAX)),
        };
        self.note = note;
        self.delivery = Delivery::new(progress, self.delivery.age());
    }

    /// The same delivery, now that time has passed.
    pub(crate) fn aged(&self) -> Delivery {
        let age = unix_now().saturating_sub(self.published);
        Delivery::new(self.delivery.progress(), age)
    }

    /// Whether the message may have been delivered before.
    pub(crate) fn may_be_repeated(&self, connection: &Connection) -> bool {
        // In this order, so that the connection is always looked at.
        connection.may_have_delivered(self.message, self.stored) || self.deliveries() > 1
    }

    /// Whether there may be a note about the message.
    pub(crate) fn is_noted(&self) -> bool {
        self.note.is_some() || self.deliveries() > 1
    }

    /// How often the server delivered the message, this time included.
    pub(crate) fn deliveries(&self) -> u64 {
        u64::try_from(self.info.delivered).unwrap_or(1).max(1)
    }

    /// Whether another consumer of the same subject scheduled this message for itself.
    pub(crate) fn is_foreign(&self) -> bool {
        let scheduled_by = self.scheduled_by.as_deref();
        scheduled_by.is_some_and(|consumer| consumer != self.info.consumer)
    }

    /// Names the message among all messages of all consumers, in the alphabet of keys and subjects.
    pub(crate) fn key(&self) -> String {
        let Info {
            stream,
            consumer,
            stream_sequence,
            ..
        } = &self.info;
        let (stream, consumer, stored) = (plain(stream), plain(consumer), self.stored.as_nanos());
        // A stream that is deleted and made again counts from one again.
        format!("{stream}.{consumer}.{stream_sequence}.{stored}")
    }

    pub(crate) fn event<'a>(&'a self, kind: MessageEventKind<'a>) -> MessageEvent<'a> {
        MessageEvent {
            subject: &self.message.subject,
            stream: self.info.stream,
            consumer: self.info.consumer,
            sequence: self.info.stream_sequence,
            attempt: self.delivery.attempt(),
            deliveries: self.deliveries(),
            age: self.delivery.age(),
            kind,
        }
    }
}

/// Keys of a key-value store have letters, digits, and `-/_=.` (NATS ADR-8); everything else is written as `=` and
/// its code in hexadecimal digits.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'-' | b'_' => plain.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => plain.push(byte.into()),
            _ => {
                let _ = write!(plain, "={byte:02x}"); // a `String` takes everything
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_part_of_a_key() {
        let cases = [
            ("orders", "orders"),
            ("ORDERS-1_b", "ORDERS-1_b"),
            ("a=b", "a=3db"),
            ("ä+", "=c3=a4=2b"),
        ];
        for (name, key) in cases {
            assert_eq!(plain(name), key);
        }
    }
}
