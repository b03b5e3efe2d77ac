//! What a call keeps of its history.

use backoff_core::Failure;

use super::{Completion, Report};

/// What a call keeps of its history: all of it in a [`Report`], or nothing in `()`. Either may be in a
/// [`Stable`](super::Stable).
pub trait Record {
    /// What a call that ended yields.
    type Yield<O>;

    /// The same record, with a report in it.
    type Reported: Reporting;

    #[doc(hidden)]
    fn reported(self) -> Self::Reported;

    /// Whether the record wants to know when the call began.
    #[doc(hidden)]
    const TIMES_CALLS: bool = true;

    /// Whether the record wants to know when attempts begin.
    #[doc(hidden)]
    const TIMES_ATTEMPTS: bool = false;

    /// Notes when an attempt began, in nanoseconds of the clock.
    #[doc(hidden)]
    #[inline]
    fn attempt_began(&mut self, _now: u64) {}

    /// Whether the attempt that failed now lasted long enough to begin a new call.
    #[doc(hidden)]
    #[inline]
    fn is_stable(&self, _now: u64) -> bool {
        false
    }

    /// Notes that nothing is waited for before the first attempt any more.
    #[doc(hidden)]
    #[inline]
    fn end_first_delay(&mut self) {}

    /// Whether nothing is waited for before the first attempt any more, as far as the record knows.
    #[doc(hidden)]
    #[inline]
    fn is_past_first_delay(&self) -> bool {
        false
    }

    /// Forgets the call, because a new one begins.
    #[doc(hidden)]
    fn reset(&mut self);

    /// Notes that a pause follows an attempt that failed at `elapsed`; in nanoseconds, as the delay is.
    #[doc(hidden)]
    fn retrying(&mut self, attempt: u32, elapsed: u64, failure: Failure, delay: u64);

    /// Notes that the call ended. The elapsed time is in nanoseconds; only a record that wants it asks for it.
    #[doc(hidden)]
    fn ended(
        &mut self,
        attempt: u32,
        failure: Option<Failure>,
        completion: Completion,
        elapsed: impl FnOnce() -> u64,
    );

    /// Whether the call is known to have ended.
    #[doc(hidden)]
    fn has_ended(&self) -> bool;

    /// Joins the history to the outcome. The elapsed time is in nanoseconds; only a record that wants it asks for it.
    #[doc(hidden)]
    fn close<O>(&self, outcome: O, elapsed: impl FnOnce() -> u64) -> Self::Yield<O>;
}

/// A record with a report in it.
pub trait Reporting: Record {
    /// The report, whose times are as of the last event.
    #[doc(hidden)]
    fn report(&self) -> &Report;

    /// Notes that the caller ended the call at `elapsed`.
    #[doc(hidden)]
    fn cancelled(&mut self, elapsed: u64);
}

impl Record for () {
    type Yield<O> = O;
    type Reported = Report;

    const TIMES_CALLS: bool = false;

    fn reported(self) -> Report {
        Report::default()
    }

    #[inline]
    fn reset(&mut self) {}

    #[inline]
    fn retrying(&mut self, _attempt: u32, _elapsed: u64, _failure: Failure, _delay: u64) {}

    #[inline]
    fn ended(
        &mut self,
        _attempt: u32,
        _failure: Option<Failure>,
        _completion: Completion,
        _elapsed: impl FnOnce() -> u64,
    ) {
    }

    /// Only a future keeps nothing, and knows its end by itself.
    #[inline]
    fn has_ended(&self) -> bool {
        false
    }

    #[inline]
    fn close<O>(&self, outcome: O, _elapsed: impl FnOnce() -> u64) -> O {
        outcome
    }
}

impl Record for Report {
    type Yield<O> = (O, Report);
    type Reported = Self;

    fn reported(self) -> Self {
        self
    }

    #[inline]
    fn end_first_delay(&mut self) {
        self.is_past_first_delay = true;
    }

    #[inline]
    fn is_past_first_delay(&self) -> bool {
        self.is_past_first_delay
    }

    #[inline]
    fn reset(&mut self) {
        *self = Self {
            is_past_first_delay: self.is_past_first_delay,
            ..Self::default()
        };
    }

    #[inline]
    fn retrying(&mut self, attempt: u32, elapsed: u64, failure: Failure, delay: u64) {
        self.attempts = attempt;
        self.slept = self.slept_by(elapsed).saturating_add(delay);
        self.elapsed = elapsed.saturating_add(delay);
        self.note_hint(failure);
    }

    #[inline]
    fn ended(
        &mut self,
        attempt: u32,
        failure: Option<Failure>,
        completion: Completion,
        elapsed: impl FnOnce() -> u64,
    ) {
        // A success at the first attempt reads no clock.
        if self.attempts > 0 || completion != Completion::Accepted {
            self.end_at(elapsed());
        }
        self.attempts = attempt;
        if let Some(failure) = failure {
            self.note_hint(failure);
        }
        self.completion = Some(completion);
    }

    #[inline]
    fn has_ended(&self) -> bool {
        self.completion.is_some()
    }

    #[inline]
    fn close<O>(&self, outcome: O, elapsed: impl FnOnce() -> u64) -> (O, Report) {
        (outcome, self.at(elapsed()))
    }
}

impl Reporting for Report {
    #[inline]
    fn report(&self) -> &Report {
        self
    }

    fn cancelled(&mut self, elapsed: u64) {
        self.end_at(elapsed);
        self.completion = Some(Completion::Cancelled);
    }
}
