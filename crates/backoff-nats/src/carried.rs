//! What a scheduled redelivery carries in its headers.

use std::fmt::Write;
use std::time::Duration;

use async_nats::HeaderMap;
use backoff_queue::Note;
use backoff_tokio::Progress;

pub(crate) const CONSUMER: &str = "Backoff-Consumer";
pub(crate) const PROGRESS: &str = "Backoff-Progress";
pub(crate) const PUBLISHED: &str = "Backoff-Published";

/// What a scheduled redelivery carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Carried {
    pub(crate) consumer: Option<String>,
    pub(crate) note: Option<Note>,
    pub(crate) published: Option<Duration>,
}

impl Carried {
    pub(crate) fn read(headers: Option<&HeaderMap>) -> Self {
        let text = |name| Some(headers?.get(name)?.as_str());
        // Without progress it is no scheduled redelivery, but perhaps a dead letter that was published again: a new call.
        let Some(progress) = text(PROGRESS).and_then(from_hex) else {
            return Self::default();
        };
        Self {
            consumer: text(CONSUMER).map(str::to_owned),
            // The server has waited, and counts deliveries from one again.
            note: Some(Note::new(progress, Duration::ZERO, 0)),
            published: text(PUBLISHED)
                .and_then(|text| text.parse().ok())
                .map(Duration::from_nanos),
        }
    }
}

pub(crate) fn to_hex(progress: Progress) -> String {
    let mut text = String::with_capacity(2 * Progress::BYTES);
    for byte in progress.to_bytes() {
        let _ = write!(text, "{byte:02x}"); // a `String` takes everything
    }
    text
}

fn from_hex(text: &str) -> Option<Progress> {
    if text.len() != 2 * Progress::BYTES {
        return None;
    }
    let mut bytes = [0; Progress::BYTES];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Progress::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_back_and_damage_is_not_believed() {
        let progress = Progress::at(7);
        let text = to_hex(progress);
        assert_eq!((text.len(), from_hex(&text)), (38, Some(progress)));
        let damaged = text.replace("07", "08");
        let wide = "é".repeat(19); // 38 bytes
        let cases = [
            "",
            "0",
            &text[2..],
            &damaged,
            &wide,
            &"zz".repeat(19),
            &"00".repeat(19),
        ];
        for text in cases {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn headers_of_others_carry_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(CONSUMER, "billing");
        headers.insert(PUBLISHED, "1000000000");
        for progress in ["", "no progress"] {
            assert_eq!(Carried::read(Some(&headers)), Carried::default());
            headers.insert(PROGRESS, progress);
        }
        assert_eq!(Carried::read(Some(&headers)), Carried::default());
        headers.insert(PROGRESS, to_hex(Progress::at(2)));
        headers.insert(PUBLISHED, "yesterday");
        let carried = Carried::read(Some(&headers));
        assert_eq!(
            (carried.consumer.as_deref(), carried.published),
            (Some("billing"), None)
        );
        assert_eq!(Carried::read(None), Carried::default());
    }
}
