//! Attempts that last.

use core::time::Duration;

use backoff_core::{Failure, nanos};

use super::record::{Record, Reporting};
use super::{Completion, Report};

/// A record of a call in which an attempt that lasted long enough begins a new call. Made by
/// [`stable_after`](crate::Attempts::stable_after).
#[derive(Clone, Copy, Debug)]
pub struct Stable<K> {
    record: K,
    /// In nanoseconds.
    after: u64,
    /// When the current attempt began, in nanoseconds of the clock.
    began: u64,
}

impl<K> Stable<K> {
    pub(crate) const fn new(record: K, after: Duration) -> Self {
        Self {
            record,
            after: nanos::from_duration(after),
            began: 0,
        }
    }
}

impl<K: Record> Record for Stable<K> {
    type Yield<O> = K::Yield<O>;
    type Reported = Stable<K::Reported>;

    fn reported(self) -> Stable<K::Reported> {
        Stable {
            record: self.record.reported(),
            after: self.after,
            began: self.began,
        }
    }

    const TIMES_ATTEMPTS: bool = true;

    #[inline]
    fn attempt_began(&mut self, now: u64) {
        self.began = now;
    }

    #[inline]
    fn is_stable(&self, now: u64) -> bool {
        now.saturating_sub(self.began) >= self.after
    }

    #[inline]
    fn end_first_delay(&mut self) {
        self.record.end_first_delay();
    }

    #[inline]
    fn is_past_first_delay(&self) -> bool {
        self.record.is_past_first_delay()
    }

    #[inline]
    fn reset(&mut self) {
        self.record.reset();
    }

    #[inline]
    fn retrying(&mut self, attempt: u32, elapsed: u64, failure: Failure, delay: u64) {
        self.record.retrying(attempt, elapsed, failure, delay);
    }

    #[inline]
    fn ended(
        &mut self,
        attempt: u32,
        failure: Option<Failure>,
        completion: Completion,
        elapsed: impl FnOnce() -> u64,
    ) {
        self.record.ended(attempt, failure, completion, elapsed);
    }

    #[inline]
    fn has_ended(&self) -> bool {
        self.record.has_ended()
    }

    #[inline]
    fn close<O>(&self, outcome: O, elapsed: impl FnOnce() -> u64) -> K::Yield<O> {
        self.record.close(outcome, elapsed)
    }
}

impl<K: Reporting> Reporting for Stable<K> {
    #[inline]
    fn report(&self) -> &Report {
        self.record.report()
    }

    fn cancelled(&mut self, elapsed: u64) {
        self.record.cancelled(elapsed);
    }
}
