//! How many answers one attempt got.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use reqwest::retry;

/// Turns reqwest's own retries off, and lets the middleware see how often a request was answered.
///
/// For a client that is made for the middleware. reqwest follows redirects: a `POST` that a server has processed
/// ends with the error of another server, which says nothing about the first. Where it cannot be seen whether that
/// was so, nothing proves that a `POST` was not processed, and it is never repeated without a key.
///
/// # Examples
///
/// ```
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let http = reqwest::Client::builder().retry(backoff_reqwest::no_retries()).build()?;
/// # drop(http);
/// # Ok::<(), reqwest::Error>(())
/// ```
#[must_use]
pub fn no_retries() -> retry::Builder {
    // It is asked about the outcome of each request that is sent, those that follow a redirect included.
    retry::never().classify_fn(|outcome| {
        let answers = u32::from(outcome.status().is_some());
        // Outside of an attempt, nobody asks.
        let _ = SEEN.try_with(|seen| seen.set(seen.get().and(answers)));
        outcome.success()
    })
}

tokio::task_local! {
    static SEEN: Cell<Hops>;
}

/// What was seen of the requests that one attempt took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hops {
    outcomes: u32,
    answers: u32,
}

impl Hops {
    const fn and(self, answers: u32) -> Self {
        Self {
            outcomes: self.outcomes.saturating_add(1),
            answers: self.answers.saturating_add(answers),
        }
    }

    /// Whether the last outcome, a response or an error, may be that of another request than the first.
    pub(crate) fn may_be_many(self, is_response: bool) -> bool {
        self.outcomes == 0 || self.answers > u32::from(is_response)
    }
}

/// Waits for an attempt, and says what was seen of it.
pub(crate) async fn watch<F: Future>(mut attempt: Pin<&mut F>) -> (F::Output, Hops) {
    let mut hops = Hops::default();
    // Each poll has a scope of its own, because a scope around the attempt would move that into itself.
    let output = poll_fn(|cx| {
        SEEN.sync_scope(Cell::new(hops), || {
            let output = attempt.as_mut().poll(cx);
            hops = SEEN.try_with(Cell::get).unwrap_or(hops);
            output
        })
    })
    .await;
    (output, hops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_seen_to_be_the_first_is_the_first() {
        let none = Hops::default();
        let (failed, answered) = (none.and(0), none.and(1));
        // What was seen; whether a response and an error may be of another request.
        let cases = [
            (none, [true, true]),
            (failed, [false, false]),
            (answered, [false, true]),
            (answered.and(0), [false, true]),
            (answered.and(1), [true, true]),
        ];
        for (hops, expected) in cases {
            assert_eq!(
                [true, false].map(|is| hops.may_be_many(is)),
                expected,
                "{hops:?}"
            );
        }
    }
}
