//! The part of a process: what it may spend, and what it has to report.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use backoff_tokio::nanos;
use tokio::sync::Notify;

/// What a process may spend, shared between its calls and its keeper.
///
/// The tokens are the only thing that both sides change, and nothing else depends on their order: every access is
/// relaxed.
#[derive(Debug, Default)]
pub(super) struct Lease {
    calls: AtomicU64,
    tokens: AtomicU64,
    /// When the lease ends, in nanoseconds on the clock of the process.
    until: AtomicU64,
    local_retries: AtomicU64,
    refusals: AtomicU64,
    is_local: AtomicBool,
    pub(super) low: Notify,
}

/// Where a retry was paid, or why not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Payment {
    /// The lease has ended: ask the local limit.
    Ended,
    Paid,
    Refused,
}

impl Lease {
    pub(super) fn count_call(&self) {
        self.calls.fetch_add(1, Relaxed);
    }

    pub(super) fn take_calls(&self) -> u64 {
        self.calls.swap(0, Relaxed)
    }

    pub(super) fn tokens(&self) -> u64 {
        self.tokens.load(Relaxed)
    }

    /// Takes one token. `low` is the number below which the keeper is woken.
    pub(super) fn pay(&self, now: Duration, low: u64) -> Payment {
        if nanos::from_duration(now) >= self.until.load(Relaxed) {
            self.is_local.store(true, Relaxed);
            return Payment::Ended;
        }
        let paid = self
            .tokens
            .fetch_update(Relaxed, Relaxed, |tokens| tokens.checked_sub(1));
        if paid.unwrap_or(0) <= low {
            self.low.notify_one();
        }
        if paid.is_ok() {
            return Payment::Paid;
        }
        self.refusals.fetch_add(1, Relaxed);
        Payment::Refused
    }

    pub(super) fn give_back(&self) {
        self.tokens.fetch_add(1, Relaxed);
    }

    pub(super) fn grant(&self, tokens: u64, until: Duration) {
        self.tokens.fetch_add(tokens, Relaxed);
        self.until.store(nanos::from_duration(until), Relaxed);
        self.is_local.store(false, Relaxed);
    }

    /// Takes all tokens, because the lease was reclaimed or is given back.
    pub(super) fn clear(&self) -> u64 {
        self.tokens.swap(0, Relaxed)
    }

    pub(super) fn count_local_retry(&self) {
        self.local_retries.fetch_add(1, Relaxed);
    }

    pub(super) fn count_refusal(&self) {
        self.refusals.fetch_add(1, Relaxed);
    }

    pub(super) fn local_retries(&self) -> u64 {
        self.local_retries.load(Relaxed)
    }

    pub(super) fn refusals(&self) -> u64 {
        self.refusals.load(Relaxed)
    }

    pub(super) fn is_local(&self) -> bool {
        self.is_local.load(Relaxed)
    }
}
