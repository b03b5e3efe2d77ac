//! What reqwest does within one attempt: how many responses it got, and which redirects it followed.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;

use reqwest::{StatusCode, retry};

/// Turns reqwest's own retries off, and lets the middleware see how often a request was answered.
///
/// Use it for a client that is made for `RetryMiddleware`. reqwest follows redirects, so a `POST` that one server has
/// processed may end with the error of another server, which says nothing about the first. If the middleware cannot see
/// whether that happened, nothing proves that a `POST` was not processed, and it is never repeated without a key.
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
    // reqwest asks about the outcome of each request that it sends, those after a redirect included.
    retry::never().classify_fn(|outcome| {
        let answers = u32::from(outcome.status().is_some());
        Hops::change(|hops| hops.count(answers));
        outcome.success()
    })
}

thread_local! {
    /// The attempt that is polled now, if any. Each poll puts it here and takes it back, so that it follows its task from
    /// thread to thread; a task-local does the same, at the price of 1,000 instructions per request.
    static CURRENT: Cell<Option<Hops>> = const { Cell::new(None) };
}

/// What was seen of the requests that reqwest sent in one attempt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hops {
    outcomes: u32,
    answers: u32,
    /// Redirects that were followed, by reqwest or by us.
    redirects: u32,
    elsewhere: Elsewhere,
    /// A redirect of status 301 or 302 was among them.
    moved: bool,
    /// A redirect of status 303 was among them.
    see_other: bool,
}

/// What becomes of a redirect to another host.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Elsewhere {
    /// reqwest follows it.
    #[default]
    Followed,
    /// It is left to us, because a key or a number must not go there.
    Guarded,
    /// One was left to us.
    Stopped,
}

impl Hops {
    pub(crate) fn new(guards: bool) -> Self {
        let elsewhere = if guards {
            Elsewhere::Guarded
        } else {
            Elsewhere::Followed
        };
        Self {
            elsewhere,
            ..Self::default()
        }
    }

    /// Nothing was sent, which is not a request of another host.
    pub(super) fn sent_nothing() -> Self {
        let mut hops = Self::default();
        hops.count(0);
        hops
    }

    /// Changes the attempt that is polled now, if there is one.
    pub(super) fn change<R>(change: impl FnOnce(&mut Self) -> R) -> Option<R> {
        CURRENT.with(|current| {
            let mut hops = current.get()?;
            let result = change(&mut hops);
            current.set(Some(hops));
            Some(result)
        })
    }

    const fn count(&mut self, answers: u32) {
        self.outcomes = self.outcomes.saturating_add(1);
        self.answers = self.answers.saturating_add(answers);
    }

    /// Counts a redirect, and returns its number, from 1.
    pub(super) fn redirect(&mut self, status: StatusCode) -> u32 {
        self.redirects = self.redirects.saturating_add(1);
        self.moved |= matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND);
        self.see_other |= status == StatusCode::SEE_OTHER;
        self.redirects
    }

    /// Leaves a redirect to another host to us, if it must be.
    pub(super) fn stop(&mut self) -> bool {
        let is_guarded = self.elsewhere == Elsewhere::Guarded;
        if is_guarded {
            self.elsewhere = Elsewhere::Stopped;
        }
        is_guarded
    }

    pub(super) fn is_stopped(self) -> bool {
        self.elsewhere == Elsewhere::Stopped
    }

    /// Whether a redirect was left to us. The request after it has neither key nor number, so that no other is.
    pub(super) fn take_stopped(&mut self) -> bool {
        let is_stopped = self.is_stopped();
        if is_stopped {
            self.elsewhere = Elsewhere::Followed;
        }
        is_stopped
    }

    /// Whether a redirect of status 301 or 302 was among those so far.
    pub(super) const fn moved(self) -> bool {
        self.moved
    }

    /// Whether a redirect of status 303 was among those so far.
    pub(super) const fn see_other(self) -> bool {
        self.see_other
    }

    /// Whether the last outcome, a response or an error, may be that of another request than the first.
    pub(crate) const fn may_be_many(self, is_response: bool) -> bool {
        self.outcomes == 0 || self.answers > is_response as u32
    }
}

/// Waits for reqwest, and notes what it does.
pub(super) async fn watch<F: Future>(hops: &mut Hops, sending: F) -> F::Output {
    let mut sending = pin!(sending);
    poll_fn(|cx| {
        let outer = CURRENT.replace(Some(*hops));
        let polled = sending.as_mut().poll(cx);
        *hops = CURRENT.replace(outer).unwrap_or(*hops);
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(outcomes: &[u32]) -> Hops {
        let mut hops = Hops::default();
        for answers in outcomes {
            hops.count(*answers);
        }
        hops
    }

    #[test]
    fn only_what_was_seen_to_be_the_first_is_the_first() {
        // What was seen, 1 for a response; whether a response and an error may be of another request.
        let cases: [(&[u32], [bool; 2]); 5] = [
            (&[], [true, true]),
            (&[0], [false, false]),
            (&[1], [false, true]),
            (&[1, 0], [false, true]),
            (&[1, 1], [true, true]),
        ];
        for (outcomes, expected) in cases {
            let hops = after(outcomes);
            let found = [true, false].map(|is| hops.may_be_many(is));
            assert_eq!(found, expected, "{outcomes:?}");
        }
    }

    #[tokio::test]
    async fn an_attempt_within_an_attempt_is_its_own_and_there_is_none_outside() {
        let (mut outer, mut inner) = (Hops::default(), Hops::default());
        watch(&mut outer, async {
            Hops::change(|hops| hops.count(1));
            watch(&mut inner, async {
                Hops::change(|hops| hops.count(1));
                tokio::task::yield_now().await;
                Hops::change(|hops| hops.count(0));
            })
            .await;
            Hops::change(|hops| hops.count(0));
        })
        .await;
        let counts = [outer, inner].map(|hops| (hops.outcomes, hops.answers));
        assert_eq!(counts, [(2, 1), (2, 1)]);
        assert!(Hops::change(|hops| hops.count(1)).is_none());
    }
}
