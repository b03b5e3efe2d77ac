//! The last failures of a call.

use core::fmt;
use core::time::Duration;

use backoff_core::Failure;
use heapless::HistoryBuf;

use super::line::Failed;
use super::{Event, Observe};

/// Keeps the last `K` failures of a call, so that you can report more than the last one.
///
/// A call takes it by `&mut`; read it when the call is over. It clones the error of each failure, and needs no allocator.
/// An attempt that the deadline interrupted has no error and is left out.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{History, retry};
///
/// # let clock = VirtualClock::new();
/// let script: Script<Result<(), _>> = Script::new([Err("no route"), Err("no route"), Err("reset"), Err("reset")]);
/// let policy = Policy::DEFAULT.with_max_attempts(4);
///
/// let mut history: History<&str, 3> = History::new();
/// let call = retry(&policy, clock.clone(), || script.play_async())
///     .with_observer(&mut history)
///     .uninterrupted();
/// assert_eq!(clock.block_on(call), Err("reset"));
///
/// for failed in history.iter() {
///     println!("{failed}"); // attempt 2 failed (transient) after 112.000ms: no route
/// }
/// let errors: Vec<_> = history.iter().filter_map(|failed| failed.error().copied()).collect();
/// assert_eq!(errors, ["no route", "reset", "reset"]);
/// ```
pub struct History<E, const K: usize> {
    last: HistoryBuf<FailedAttempt<E>, K>,
}

impl<E, const K: usize> History<E, K> {
    /// Makes an empty history. A `K` of zero does not compile.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(K > 0, "a history holds one failure or more") };
        Self {
            last: HistoryBuf::new(),
        }
    }

    /// Returns the failures that are kept, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &FailedAttempt<E>> {
        self.last.oldest_ordered()
    }

    /// Forgets all failures: use it before the next call.
    pub fn clear(&mut self) {
        self.last.clear();
    }
}

impl<E, const K: usize> Default for History<E, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: fmt::Debug, const K: usize> fmt::Debug for History<E, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T, E: Clone, const K: usize> Observe<Result<T, E>> for &mut History<E, K> {
    fn observe(&mut self, event: &Event<'_, Result<T, E>>) {
        if let Event::GaveUp {
            attempt,
            elapsed,
            failure,
            outcome,
            ..
        }
        | Event::Retrying {
            attempt,
            elapsed,
            failure,
            outcome,
            ..
        } = event
        {
            self.last.write(FailedAttempt {
                attempt: *attempt,
                elapsed: *elapsed,
                failure: *failure,
                error: outcome.as_ref().err().cloned(),
            });
        }
    }
}

/// An attempt that failed. Kept by a [`History`].
///
/// Its `Display` is one line, with the error if there is one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(::defmt::Format))]
pub struct FailedAttempt<E> {
    attempt: u32,
    elapsed: Duration,
    failure: Failure,
    error: Option<E>,
}

impl<E> FailedAttempt<E> {
    /// Returns the number of the attempt; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the time from the start of the first attempt until this one failed.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns how the classifier classified it.
    #[must_use]
    pub const fn failure(&self) -> Failure {
        self.failure
    }

    /// Returns the error; `None` if the classifier took a value for a failure.
    #[must_use]
    pub const fn error(&self) -> Option<&E> {
        self.error.as_ref()
    }
}

impl<E: fmt::Display> fmt::Display for FailedAttempt<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.error.as_ref().map(|error| error as &dyn fmt::Display);
        Failed {
            attempt: self.attempt,
            elapsed: self.elapsed,
            failure: self.failure,
            error,
        }
        .fmt(f)
    }
}
