//! How long the server has been running without a break, as far as its client can tell.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use async_nats::jetstream::Message;
use backoff_tokio::nanos;

use crate::clock::unix_now;

/// By how much the clocks of the server and of a worker may differ.
const SKEW: Duration = Duration::from_secs(60);

/// When the client last connected.
///
/// A server that is killed loses what it counted in the moment before: a message that was delivered and delayed may
/// come as if for the first time (measured with NATS 2.15). Its client was cut off then. So a message that is younger than
/// the connection has not been delivered before, and an older one may have been.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    connects: AtomicU64,
    /// In nanoseconds since the Unix epoch.
    since: AtomicU64,
}

impl Connection {
    /// Whether the message, published at this time since the Unix epoch, may have been delivered before a
    /// crash of the server.
    pub(crate) fn may_have_delivered(&self, message: &Message, published: Duration) -> bool {
        let statistics = message.context.client().statistics();
        self.is_older(statistics.connects.load(Relaxed), published, unix_now())
    }

    fn is_older(&self, connects: u64, published: Duration, now: Duration) -> bool {
        if self.connects.swap(connects, Relaxed) != connects {
            self.since.store(nanos::from_duration(now), Relaxed);
        }
        let since = nanos::to_duration(self.since.load(Relaxed));
        published <= since.saturating_add(SKEW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_if_it_is_younger_than_the_last_connection() {
        let (s, connection) = (Duration::from_secs, Connection::default());
        let cases = [
            // (connections, published, now, older)
            (1, 1_000, 1_000, true),
            (1, 1_060, 1_060, true), // the clocks may differ
            (1, 1_061, 1_061, false),
            (1, 999, 2_000, true),
            (2, 1_999, 2_000, true),
            (2, 2_061, 2_061, false),
        ];
        for (connects, published, now, older) in cases {
            let is_older = connection.is_older(connects, s(published), s(now));
            assert_eq!(is_older, older, "{connects} at {now}: {published}");
        }
    }
}
